import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command, ExecResult, Pipe } from '../../../core/connection.ts';
import { isDiskFull } from '../../../core/error/disk-full.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { flockCommand, isLockedByAnother } from '../../../core/file-lock.ts';
import type { Remote } from '../../../core/module.ts';
import { readProgram } from '../../../core/program/package-root.ts';
import { type BinhostStore, type FileStat, LOCK_PATH, parentFolders, publishingError } from './binhost-store.ts';

/** The part of a remote host that a binhost needs. */
export type StoreRemote = Pick<Remote, 'host' | 'exec' | 'read' | 'write' | 'open'>;

const BATCH = 400;
/** Exit status of `link` for an existing name. Neither sh nor coreutils use it. */
const EXISTS = 73;
const SUMS = { md5: 'md5sum', sha1: 'sha1sum', sha256: 'sha256sum' } as const;
/** One operation of the program that does the work on the host. */
const storeCommand = (operation: string, ...args: readonly string[]): Command => ({
  argv: ['sh', '-c', readProgram('src/gentoo/binhost/store/remote-store.sh'), 'sh', operation, ...args],
  env: { LC_ALL: 'C' },
});

/** A binhost in a folder of a host, which needs POSIX sh, coreutils and flock. `dir` is absolute. */
export function remoteStore(remote: StoreRemote, dir: string): BinhostStore {
  const label = `${remote.host.name}:${dir}`;
  const fail = (stderr: string): SwarmError => storeError(remote.host.name, label, stderr);
  const absolute = (path: string): string => (path === '.' ? dir : `${dir}/${path}`);
  const run = async (operation: string, ...args: string[]): Promise<ExecResult> => await remote.exec(storeCommand(operation, ...args));
  const runOrThrow = async (operation: string, ...args: string[]): Promise<string> => {
    const result = await run(operation, ...args);
    if (result.exit !== 0) throw fail(result.stderr);
    return result.stdout;
  };
  return {
    label,
    read: (path) => remote.read(absolute(path)),
    async stat(paths) {
      const found = new Map<string, FileStat>();
      for (let i = 0; i < paths.length; i += BATCH) {
        const some = paths.slice(i, i + BATCH);
        // A missing file prints to stderr and sets the exit status. That is not an error.
        const { stdout } = await run('stat', dir, ...some);
        for (const [path, stat] of parseStats(stdout)) found.set(path, stat);
      }
      return found;
    },
    async list(folder) {
      const top = folder === '' ? dir : absolute(folder);
      const lines = (await runOrThrow('list', top)).split('\n').filter((line) => line !== '');
      return lines.map((line) => line.slice(dir.length + 1)).sort();
    },
    async write(path, content, mtime) {
      await runOrThrow('parent', absolute(path));
      await remote.write(absolute(path), content, { mode: '0644' });
      await runOrThrow('settle', absolute(path), mtime === undefined ? '' : String(mtime));
    },
    async copyIn(file, path, mtime) {
      await runOrThrow('parent', absolute(path));
      const complaint = await sendFile(remote, file, absolute(path));
      if (complaint !== undefined) {
        await run('remove', absolute(path));
        throw fail(complaint);
      }
      await runOrThrow('settle', absolute(path), String(mtime));
    },
    async link(from, to) {
      const result = await run('link', absolute(from), absolute(to));
      if (result.exit !== 0 && result.exit !== EXISTS) throw fail(result.stderr);
      return result.exit === 0;
    },
    async rename(from, to) {
      await runOrThrow('rename', absolute(from), absolute(to));
    },
    async remove(path) {
      await runOrThrow('remove', absolute(path));
    },
    async sync(paths) {
      await runOrThrow('sync', ...parentFolders(paths).map(absolute), dir);
    },
    async digest(path, algorithm) {
      const [sum = ''] = (await runOrThrow('digest', absolute(path), SUMS[algorithm])).split(' ');
      if (!/^[0-9a-f]{32,64}$/.test(sum)) throw fail(`${SUMS[algorithm]} printed no digest`);
      return sum;
    },
    async stream(path, start, end) {
      const command = storeCommand('read', absolute(path), String(start + 1), String(end - start + 1));
      const pipe = await remote.open({ ...command, transfer: 'from host' });
      return toReadable(pipe);
    },
    async lock(waitMs) {
      await runOrThrow('parent', absolute(LOCK_PATH));
      return takeStoreLock(remote, absolute(LOCK_PATH), label, waitMs);
    },
  };
}

/** Copies a file of this machine to a path of the host. Returns what the host complained of, where that failed. */
async function sendFile(remote: StoreRemote, file: string, path: string): Promise<string | undefined> {
  const pipe = await remote.open({ ...storeCommand('receive', path), transfer: 'to host' });
  const complaint = collectText(pipe.stderr);
  pipe.stdout.resume(); // unread output would keep the channel open
  await pipeline(createReadStream(file), pipe.stdin).catch(() => undefined); // the exit status has the reason
  return (await pipe.done) === 0 ? undefined : complaint;
}

/** What `stat` printed: a line for each file. */
function parseStats(text: string): readonly (readonly [path: string, stat: FileStat])[] {
  return text.split('\n').flatMap((line) => {
    const [, size, mtime, links, path = ''] = /^(\d+) (-?\d+) (\d+) regular(?: empty)? file\/(.+)$/.exec(line) ?? [];
    return path === '' ? [] : [[path, { size: Number(size), mtime: Number(mtime), links: Number(links) }] as const];
  });
}

/** Holds the lock of a binhost until it is disposed of. Throws SW6011, and SW3003 where another run publishes. */
async function takeStoreLock(remote: StoreRemote, path: string, label: string, waitMs: number): Promise<AsyncDisposable> {
  const pipe = await remote.open({ argv: flockCommand(path, waitMs) });
  pipe.stdin.on('error', () => undefined); // `done` has the result
  pipe.stderr.resume();
  const first = await Promise.race([firstBytes(pipe.stdout), pipe.done]);
  if (typeof first === 'number') {
    if (isLockedByAnother(first)) throw publishingError(label);
    throw new SwarmError('SW6011', `cannot lock ${label}`, {
      host: remote.host.name,
      hint: 'Install util-linux (flock) on that host.',
    });
  }
  return {
    async [Symbol.asyncDispose]() {
      pipe.stdin.end();
      await pipe.done.catch(() => undefined); // a lost connection frees the lock too
    },
  };
}

function storeError(host: string, label: string, stderr: string): SwarmError {
  const detail = stderr.trim();
  if (isDiskFull(detail))
    return new SwarmError('SW6008', `no space left in ${label}`, {
      host,
      hint: 'To remove files that are no longer listed, run: swarm binhost gc',
      detail: detail.slice(0, 2000),
    });
  const why = detail.split('\n').at(-1) || 'a command failed';
  return new SwarmError('SW6011', `${label}: ${why}`, { host, detail: detail.slice(0, 2000) || undefined });
}

async function collectText(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < 4000) text += String(chunk);
  return text;
}

function firstBytes(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => stream.once('data', (chunk: Uint8Array) => resolve(Buffer.from(chunk).toString('latin1'))));
}

/** The output of a command as a stream. When the command fails, the stream fails. */
function toReadable(pipe: Pipe): Readable {
  const out = new PassThrough();
  pipe.stdin.on('error', () => undefined); // nothing is sent
  pipe.stdin.end();
  pipe.stderr.resume();
  pipe.stdout.on('error', (error) => out.destroy(error)).pipe(out, { end: false });
  pipe.stdout.on('end', () => {
    pipe.done.then(
      (exit) => (exit === 0 ? out.end() : out.destroy(new Error(`exit ${exit}`))),
      (error: Error) => out.destroy(error),
    );
  });
  return out;
}
