import {
  closeSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileError } from '../error/convert-error.ts';
import { SwarmError } from '../error/swarm-error.ts';
import { errnoOf } from '../error/system-error.ts';
import { acquireFileLock } from '../file-lock.ts';
import { readOptionalText } from './read-local-file.ts';

const WAIT_MS = 20_000;
const MAX_TRIES = 20;

/** Changes a text file that other processes change too. `change` gets the newest text, undefined where there is no file, and its answer
 *  takes that text's place at once; what it throws leaves the file as it is. It may be called again. A link is followed; owner and mode
 *  stay. Throws SW5020 where another process does not end its own change, SW50xx where the file cannot be written. */
export async function updateFile(file: string, change: (text: string | undefined) => string, mode = 0o644): Promise<void> {
  try {
    const target = followLinks(file);
    readOptionalText(target); // first, so that the error names a file that cannot be read
    if (!existsSync(dirname(target))) statSync(file); // throws, and names a link that leads to nothing
    // on the folder: the file is another one after each change. With the dot, since flock makes what is not there
    await using lock = await acquireFileLock(`${dirname(target)}/.`, WAIT_MS);
    if (lock === undefined) throw busyError(file);
    for (let tries = 0; tries < MAX_TRIES; tries++) if (replaceText(target, change, mode)) return;
  } catch (error) {
    throw fileError(error, file);
  }
  throw busyError(file);
}

const busyError = (file: string): SwarmError =>
  new SwarmError('SW5020', `${file} is being changed by another process`, {
    hint: `Nothing was changed. To see the process, run: fuser -v ${dirname(file)}`,
  });

/** False where a program that knows no lock, such as an editor, wrote the file meanwhile. */
function replaceText(file: string, change: (text: string | undefined) => string, mode: number): boolean {
  const text = readOptionalText(file);
  const next = change(text);
  if (next === text) return true;
  const temporary = join(dirname(file), `.${basename(file)}.swarm-new`); // one name is enough under the lock, and a kill leaves one file
  try {
    writeNew(temporary, next, statSync(file, { throwIfNoEntry: false }), mode);
    if (readOptionalText(file) !== text) return false;
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(file));
  return true;
}

function writeNew(file: string, text: string, old: Stats | undefined, mode: number): void {
  rmSync(file, { force: true });
  const handle = openSync(file, 'wx', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    if (old !== undefined) keepOwner(handle, old);
    fchmodSync(handle, old === undefined ? mode : old.mode & 0o7777);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Only root may give a file away; others keep what they may. */
function keepOwner(handle: number, { uid, gid }: Stats): void {
  try {
    fchownSync(handle, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw error;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch {
    // not every file system can; the file itself is on the disk
  } finally {
    closeSync(handle);
  }
}

/** The file that is replaced, so that a link stays a link. */
function followLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
  try {
    return followLinks(resolve(dirname(file), readlinkSync(file))); // a link to a file that does not exist yet
  } catch (error) {
    if (errnoOf(error) === 'EINVAL' || errnoOf(error) === 'ENOENT') return file;
    throw error;
  }
}
