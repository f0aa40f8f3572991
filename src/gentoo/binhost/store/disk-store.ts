import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants, createReadStream } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileError } from '../../../core/error/convert-error.ts';
import type { SwarmError } from '../../../core/error/swarm-error.ts';
import { errnoOf } from '../../../core/error/system-error.ts';
import { acquireFileLock } from '../../../core/file-lock.ts';
import { readOptionalFile } from '../../../core/files/read-local-file.ts';
import { makeReadableFolder } from '../../../core/program/readable-folder.ts';
import { type BinhostStore, type FileStat, LOCK_PATH, parentFolders, publishingError } from './binhost-store.ts';

/** A binhost in a folder of this machine. */
export function diskStore(dir: string): BinhostStore {
  const absolute = (path: string): string => join(dir, path);
  const parent = (path: string): Promise<void> => makeReadableFolder(dirname(absolute(path)));
  return {
    label: dir,
    read: (path) => readOptionalFile(absolute(path)),
    stat: (paths) => statAll(dir, paths),
    list: (folder) => listFiles(dir, folder),
    write: (path, content, mtime) =>
      withSwarmErrors(absolute(path), async () => {
        await parent(path);
        await withFile(absolute(path), 'w', async (handle) => {
          await handle.writeFile(content);
          await handle.chmod(0o644);
          if (mtime !== undefined) await handle.utimes(mtime, mtime);
          await handle.sync();
        });
      }),
    copyIn: (file, path, mtime) =>
      withSwarmErrors(absolute(path), async () => {
        await parent(path);
        await copyNew(file, absolute(path));
        await withFile(absolute(path), 'r+', async (handle) => {
          await handle.chmod(0o644);
          await handle.utimes(mtime, mtime);
          await handle.sync();
        });
      }),
    link: (from, to) =>
      withSwarmErrors(absolute(to), async () => {
        await parent(to);
        return await falseIfExists(link(absolute(from), absolute(to)).then(() => true));
      }),
    rename: (from, to) => withSwarmErrors(absolute(to), () => rename(absolute(from), absolute(to))),
    remove: (path) => withSwarmErrors(absolute(path), () => rm(absolute(path), { force: true })),
    sync: (paths) =>
      withSwarmErrors(dir, async () => {
        for (const folder of [...parentFolders(paths), '.']) await withFile(absolute(folder), 'r', (handle) => handle.sync());
      }),
    digest: (path, algorithm) => withSwarmErrors(absolute(path), () => fileDigest(absolute(path), algorithm)),
    async stream(path, start, end): Promise<Readable> {
      const stream = createReadStream(absolute(path), { start, end });
      await once(stream, 'open').catch((error: unknown) => {
        throw diskError(error, absolute(path));
      });
      return stream;
    },
    lock: async (waitMs) => {
      await withSwarmErrors(dir, () => parent(LOCK_PATH));
      const lock = await acquireFileLock(absolute(LOCK_PATH), waitMs);
      if (lock === undefined) throw publishingError(dir);
      return lock;
    },
  };
}

async function statAll(dir: string, paths: readonly string[]): Promise<ReadonlyMap<string, FileStat>> {
  const found = new Map<string, FileStat>();
  for (let i = 0; i < paths.length; i += 64) {
    const some = paths.slice(i, i + 64);
    const stats = await Promise.all(some.map((path) => ifMissing(lstat(join(dir, path)), undefined)));
    for (const [n, path] of some.entries()) {
      const stat = stats[n];
      if (stat?.isFile()) found.set(path, { size: stat.size, mtime: Math.floor(stat.mtimeMs / 1000), links: stat.nlink });
    }
  }
  return found;
}

async function listFiles(dir: string, folder: string): Promise<readonly string[]> {
  const entries = await ifMissing(readdir(join(dir, folder), { withFileTypes: true }), []);
  const files: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listFiles(dir, path)));
    else if (entry.isFile()) files.push(path);
  }
  return files.sort();
}

/** Copies a file, with shared blocks where the file system supports them. Later changes of the fetched file have no effect on the copy. */
async function copyNew(file: string, to: string): Promise<void> {
  await copyFile(file, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(async (failure: unknown) => {
    if (errnoOf(failure) !== 'EEXIST') await rm(to, { force: true });
    throw failure;
  });
}

async function withFile<T>(file: string, flags: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags, 0o644);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function fileDigest(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

async function ifMissing<T, D>(promise: Promise<T>, otherwise: D): Promise<T | D> {
  return await promise.catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return otherwise;
    throw fileError(error, '');
  });
}

async function falseIfExists(promise: Promise<boolean>): Promise<boolean> {
  return await promise.catch((error: unknown) => {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  });
}

async function withSwarmErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error, path);
  }
}

function diskError(error: unknown, path: string): SwarmError {
  const full = errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT';
  return fileError(error, path, full ? 'To remove files that are no longer listed, run: swarm binhost gc' : undefined);
}
