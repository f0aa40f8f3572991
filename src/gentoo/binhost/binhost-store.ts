import type { Readable } from 'node:stream';
import { SwarmError } from '../../core/error.ts';

export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
}

/** What publishing needs of the disk that holds a binhost, here or on a host. Paths are relative to the binhost's folder, with
 *  slashes; folders appear as they are needed. A write that returned is on the disk; names are on the disk after `sync`. Throws
 *  SW5001 (here) or SW6008 (on a host) where the disk is full, SW5003 where it does not do as told. */
export interface BinhostStore {
  /** For messages: the folder, with its host where it has one. */
  readonly label: string;
  /** Undefined where there is no such file. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Of those that are regular files; links are not followed. */
  stat(paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>>;
  /** Every regular file at any depth below a folder; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** A whole file at once, with its time in unix seconds where that matters. */
  write(path: string, content: Uint8Array, mtime?: number): Promise<void>;
  /** The bytes of a file of this machine under a new name. */
  copyIn(file: string, path: string, mtime: number): Promise<void>;
  /** A second name; false where that name exists, whatever it names. Never replaces. */
  link(from: string, to: string): Promise<boolean>;
  /** Replaces in one step what has the name. */
  rename(from: string, to: string): Promise<void>;
  /** Nothing to do where there is no such file. */
  remove(path: string): Promise<void>;
  /** Puts the names in the folders of these files on the disk, up to the binhost's own folder. */
  sync(paths: readonly string[]): Promise<void>;
  /** Lower-case hex, read from the disk. */
  digest(path: string, algorithm: 'md5' | 'sha1' | 'sha256'): Promise<string>;
  /** Bytes from `start` to `end`, both included. */
  stream(path: string, start: number, end: number): Promise<Readable>;
  /** One publisher at a time, on any machine; the kernel lets go when the holder dies. Throws SW3003 after `waitMs`. */
  lock(waitMs: number): Promise<AsyncDisposable>;
}

/** The folders of some files, with every folder above, without the root, deepest first. */
export function parentFolders(paths: readonly string[]): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = parts.length; depth > 0; depth--) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders].sort((a, b) => b.split('/').length - a.split('/').length);
}

/** The error when the lock is not free in time. */
export const publishingError = (binhost: string): SwarmError =>
  new SwarmError('SW3003', `another run is publishing to ${binhost}`, { hint: 'Wait for it. To see it, run: swarm runs list' });

/** How long one publisher waits for another. */
export const LOCK_WAIT_MS = 120_000;
/** The file that a publisher locks. Its content does not matter. */
export const LOCK_PATH = '.swarm/lock';
