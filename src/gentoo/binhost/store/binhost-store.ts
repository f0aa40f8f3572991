import type { Readable } from 'node:stream';
import { SwarmError } from '../../../core/error/swarm-error.ts';

/** Size and time of a file. */
export interface FileStat {
  /** Bytes. */
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
  /** How many names it has: what is written to one of them is in all. */
  readonly links: number;
}

/** The disk of a binhost, on this machine or on a host. Paths are relative to the folder of the binhost; folders are made when needed.
 *  A finished write is on the disk; names are on the disk after `sync`. Throws SW5001 (this machine) or SW6008 (a host) when the disk is
 *  full, SW5003 for other errors of the disk. */
export interface BinhostStore {
  /** For messages: the folder, with its host if it is not on this machine. */
  readonly label: string;
  /** Undefined when the file does not exist. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Of the regular files among them. Links are not followed. */
  stat(paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>>;
  /** Every regular file at any depth below a folder. Empty when the folder does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** Writes a complete file, with its time in unix seconds if given. */
  write(path: string, content: Uint8Array, mtime?: number): Promise<void>;
  /** Copies a file of this machine to a new name. */
  copyIn(file: string, path: string, mtime: number): Promise<void>;
  /** Gives a file a second name. False when that name exists; it is never replaced. */
  link(from: string, to: string): Promise<boolean>;
  /** Renames a file and replaces the file of that name in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file if it exists. */
  remove(path: string): Promise<void>;
  /** Syncs the folders of these files, up to the folder of the binhost. */
  sync(paths: readonly string[]): Promise<void>;
  /** Lower-case hex, read from the disk. */
  digest(path: string, algorithm: 'md5' | 'sha1' | 'sha256'): Promise<string>;
  /** Bytes from `start` to `end`, both included. */
  stream(path: string, start: number, end: number): Promise<Readable>;
  /** Lets only one publisher work, on any machine. The kernel frees the lock when its holder dies. Throws SW3003 after `waitMs`. */
  lock(waitMs: number): Promise<AsyncDisposable>;
}

/** The folders of some files and all folders above them, without the root, deepest first. */
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
