import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { BinhostStore, FileStat } from './binhost-store.ts';

/** What stands at a path instead of what the disk has: new content, another file of the disk, or nothing. */
type Change = { readonly content: Uint8Array; readonly mtime: number } | { readonly from: string } | 'removed';

/** A binhost on which everything can be tried: it reads the disk, and keeps what is written and removed to itself. Takes no lock. */
export function createPreviewStore(disk: BinhostStore): BinhostStore {
  const changes = new Map<string, Change>();
  /** Where the disk has the file; undefined where it has not. */
  const onDisk = (path: string): string | undefined => {
    const change = changes.get(path);
    if (change === undefined) return path;
    return change !== 'removed' && 'from' in change ? change.from : undefined;
  };
  const written = (path: string) => {
    const change = changes.get(path);
    return change !== undefined && change !== 'removed' && 'content' in change ? change : undefined;
  };
  const stat = async (paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>> => {
    const sources = paths.flatMap((path) => onDisk(path) ?? []);
    const found = await disk.stat(sources);
    return new Map(
      paths.flatMap((path): (readonly [string, FileStat])[] => {
        const own = written(path);
        const file = own === undefined ? found.get(onDisk(path) ?? '') : { size: own.content.length, mtime: own.mtime, links: 1 };
        return file === undefined ? [] : [[path, file]];
      }),
    );
  };
  const move = (from: string, to: string): void => {
    const source = onDisk(from);
    changes.set(to, source === undefined ? (changes.get(from) ?? 'removed') : { from: source });
  };
  return {
    label: disk.label,
    stat,
    read: async (path) => {
      const source = onDisk(path);
      return source === undefined ? written(path)?.content : disk.read(source);
    },
    list: async (folder) => {
      const added = [...changes.keys()].filter((path) => path.startsWith(`${folder}/`));
      return [...new Set([...(await disk.list(folder)), ...added])].filter((path) => changes.get(path) !== 'removed');
    },
    write: async (path, content, mtime = Math.floor(Date.now() / 1000)) => void changes.set(path, { content, mtime }),
    copyIn: () => Promise.reject(new SwarmError('SW5003', 'nothing can be copied into a preview')),
    link: async (from, to) => {
      if ((await stat([to])).has(to)) return false;
      move(from, to);
      return true;
    },
    rename: async (from, to) => {
      move(from, to);
      changes.set(from, 'removed');
    },
    remove: async (path) => void changes.set(path, 'removed'),
    sync: () => Promise.resolve(),
    digest: async (path, algorithm) => {
      const own = written(path);
      return own === undefined ? disk.digest(onDisk(path) ?? path, algorithm) : createHash(algorithm).update(own.content).digest('hex');
    },
    stream: async (path, start, end) => {
      const own = written(path);
      return own === undefined ? disk.stream(onDisk(path) ?? path, start, end) : Readable.from([own.content.subarray(start, end + 1)]);
    },
    lock: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  };
}
