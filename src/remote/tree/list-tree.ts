import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Command, ExecResult } from '../../core/connection.ts';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readNames } from '../../core/files/read-names.ts';
import { readProgram } from '../../core/program/package-root.ts';

/** A file, folder or symbolic link below a tree's root; devices, pipes and sockets are not part of a tree. */
export interface TreeEntry {
  readonly type: 'file' | 'dir' | 'link';
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Where a link leads. */
  readonly target?: string;
  /** Of a file of this machine: changes when the file is written to or replaced. */
  readonly changeStamp?: string;
}

/** Whether a path below the root of a tree is left out. */
export type ExcludeTest = (path: string, type: TreeEntry['type']) => boolean;

/** By path relative to the root, parts with `/` between; folders before what is in them. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** What listing needs of a host. A Connection and a Remote have it. */
export interface CommandRunner {
  exec(command: Command, signal: AbortSignal): Promise<ExecResult>;
}

/** Files looked at in one go: waiting for a thread of Node costs ten times as much as the look, but other work needs its turn. */
const AT_ONCE = 256;

/** Everything below a folder of this machine, apart from what is excluded. */
export async function readLocalTree(root: string, excluded: ExcludeTest): Promise<Tree> {
  const tree = new Map<string, TreeEntry>();
  const walk = async (dir: string): Promise<void> => {
    const pathOf = (name: string): string => (dir === '' ? name : `${dir}/${name}`);
    const names = await readNames(join(root, dir), (name) => excluded(pathOf(name), 'file'));
    for (const [index, name] of names.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const [path, entry] = [pathOf(name), readLocalEntry(join(root, dir, name))];
      if (entry === undefined || excluded(path, entry.type)) continue;
      tree.set(path, entry);
      if (entry.type === 'dir') await walk(path);
    }
  };
  try {
    await walk('');
  } catch (error) {
    throw fileError(error, root);
  }
  return tree;
}

function readLocalEntry(path: string): TreeEntry | undefined {
  const stat = lstatSync(path, { bigint: true });
  const rest = { mode: Number(stat.mode) & 0o7777, size: Number(stat.size), mtime: Number(stat.mtimeNs / 1_000_000_000n) };
  if (stat.isFile()) return { type: 'file', ...rest, changeStamp: `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}` };
  if (stat.isDirectory()) return { type: 'dir', ...rest };
  return stat.isSymbolicLink() ? { type: 'link', ...rest, target: readTarget(path) } : undefined;
}

/** Throws SW5003 where the target is not UTF-8: the link would lead elsewhere on the host. */
function readTarget(path: string): string {
  const bytes = readlinkSync(path, 'buffer');
  const target = bytes.toString('utf8');
  if (Buffer.from(target).equals(bytes)) return target;
  throw new SwarmError('SW5003', `${path} is a link to ${JSON.stringify(target)}, which is not UTF-8, so it cannot be sent`, {
    hint: 'Rename what it leads to, and make the link again.',
  });
}

export interface RemoteTree {
  readonly tree: Tree;
  readonly hasRsync: boolean;
  /** Whether the folder exists. */
  readonly exists: boolean;
}

/** One round trip. Throws SW6001 where the path is not a folder or cannot be entered. */
export async function readRemoteTree(host: CommandRunner, root: string, signal: AbortSignal): Promise<RemoteTree> {
  const { exit, stdout, stderr } = await host.exec(
    { argv: ['sh', '-c', readProgram('src/remote/tree/list-tree.sh'), 'swarm', root] },
    signal,
  );
  if (exit === 20) throw new SwarmError('SW6001', `${root} is not a folder`);
  if (exit !== 0) throw new SwarmError('SW6001', `${root} cannot be listed`, { detail: stderr.trim() });
  const line = stdout.indexOf('\n');
  const [rsync, findStyle] = stdout.slice(0, line).split(' ');
  const body = stdout.slice(line + 1);
  if (rsync === 'absent') return { tree: new Map(), hasRsync: false, exists: false };
  return { tree: findStyle === 'gnu' ? parseFindOutput(body) : parseStatOutput(body), hasRsync: rsync === 'rsync', exists: true };
}

const ENTRY_TYPES: Readonly<Record<string, TreeEntry['type']>> = { f: 'file', d: 'dir', l: 'link', '8': 'file', '4': 'dir', a: 'link' };

function parseFindOutput(text: string): Tree {
  const tree = new Map<string, TreeEntry>();
  const parts = text.split('\0');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, kind = '', mode = '', size, mtime, path = ''] = /^(\S) (\d+) (\d+) (-?\d+)\S* (.*)$/s.exec(parts[at] ?? '') ?? [];
    const type = ENTRY_TYPES[kind];
    if (type === undefined) continue;
    const target = type === 'link' ? { target: parts[at + 1] ?? '' } : {};
    tree.set(path, { type, mode: Number.parseInt(mode, 8), size: Number(size), mtime: Number(mtime), ...target });
  }
  return tree;
}

function parseStatOutput(text: string): Tree {
  const tree = new Map<string, TreeEntry>();
  const [files = '', links = ''] = text.split(/(?:^|\n)\n/);
  const targets = links.split('\n');
  const targetOf = new Map(targets.flatMap((each, index) => (index % 2 === 0 ? [[each, targets[index + 1] ?? ''] as const] : [])));
  for (const line of files.split('\n')) {
    const [, raw = '', mode = '', size, mtime, path = ''] = /^([0-9a-f]+) (\d+) (\d+) (-?\d+) \.\/(.+)$/.exec(line) ?? [];
    const type = ENTRY_TYPES[raw.slice(0, -3)] ?? ENTRY_TYPES[raw[0] ?? ''];
    if (type === undefined || path === '') continue;
    const target = type === 'link' ? { target: withLineBreaks(targetOf.get(`./${path}`) ?? '') } : {};
    tree.set(withLineBreaks(path), { type, mode: Number.parseInt(mode, 8), size: Number(size), mtime: Number(mtime), ...target });
  }
  return tree;
}

const withLineBreaks = (text: string): string => text.replaceAll('\0', '\n');
