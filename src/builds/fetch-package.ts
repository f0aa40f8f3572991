import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { fileError } from '../core/error/convert-error.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { errorKind } from '../core/error-codes.ts';
import type { Remote } from '../core/module.ts';
import { makeReadableFolder } from '../core/program/readable-folder.ts';
import { assertRoom } from './disk-space.ts';

export interface PackageTransfer {
  /** Absolute path of the host. */
  readonly path: string;
  /** Absolute path here. */
  readonly target: string;
  /** Declared by the host: bytes, and lower-case hex. */
  readonly size: number;
  readonly sha256: string;
  /** For messages and progress. */
  readonly name: string;
}

/** No byte for this long means that the link hangs. */
const STALL_MS = 60_000;

/** A stream that breaks after fewer bytes is hardly worth another one. A few such breaks in a row end the transfer: a host that sends a
 *  byte and stops, again and again, would keep it for ever. */
const LEAST_STEP = 64 * 1024;
const MOST_SHORT_STEPS = 5;

/** Brings a file of the host here. What an earlier try left is continued; bytes that turn out wrong are fetched once more from
 *  the start. Throws SW4001, SW4002, SW4009, SW5001, and what the link throws. */
export async function fetchPackage(remote: Remote, wanted: PackageTransfer): Promise<void> {
  await makeReadableFolder(dirname(wanted.target)).catch(throwDiskError(wanted.target));
  await assertRoom(dirname(wanted.target), { ...wanted, host: remote.host.name });
  try {
    await fetchOnce(remote, wanted);
  } catch (error) {
    if (!(error instanceof SwarmError) || error.code !== 'SW4001') throw error;
    await fetchOnce(remote, wanted);
  }
}

async function fetchOnce(remote: Remote, wanted: PackageTransfer): Promise<void> {
  const part = `${wanted.target}.part`;
  const file = await openPartFile(part);
  try {
    await receiveBytes(remote, wanted, file);
    await file.sync();
    await checkOnDisk(wanted, part);
    await rename(part, wanted.target);
  } catch (error) {
    // Right bytes that are too few are worth keeping; wrong ones are not, nor any where the disk is full.
    if (error instanceof SwarmError && (errorKind(error.code).exit === 9 || error.code === 'SW5001')) await rm(part, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** A new file, or the one that an earlier try of this very transfer left; never through a link. */
async function openPartFile(part: string): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
  try {
    return await open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return throwDiskError(part)(error);
  }
  const file = await open(part, O_RDWR | O_NOFOLLOW).catch(throwDiskError(part));
  const info = await file.stat();
  if (info.isFile() && info.nlink === 1) return file;
  await file.close();
  throw new SwarmError('SW5003', `${part} was not made by swarm`, { hint: 'Remove it and run again.' });
}

/** Appends until the declared size is reached; a stream that ends early is opened again where it broke, as long as bytes come. */
async function receiveBytes(remote: Remote, wanted: PackageTransfer, file: FileHandle): Promise<void> {
  const hash = createHash('sha256');
  let offset = 0;
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    hash.update(chunk as Buffer);
    offset += (chunk as Buffer).length;
  }
  if (offset > wanted.size) throw mismatchError(wanted, `${offset} bytes are here, ${wanted.size} were declared`);
  let lastProgressAt = 0;
  let shortSteps = 0;
  while (offset < wanted.size) {
    const from = offset;
    let broken: unknown;
    try {
      for await (const chunk of readBytesFrom(remote, wanted, offset)) {
        if (offset + chunk.length > wanted.size) throw mismatchError(wanted, `more than the ${wanted.size} bytes declared`);
        await file.write(chunk, 0, chunk.length, offset).catch(throwDiskError(wanted.target));
        hash.update(chunk);
        offset += chunk.length;
        if (offset < wanted.size && Date.now() - lastProgressAt < 250) continue;
        lastProgressAt = Date.now();
        remote.emit({ type: 'task.progress', phase: 'fetch', subject: wanted.name, done: offset, total: wanted.size });
      }
    } catch (error) {
      if (!isConnectionBreak(error)) throw error;
      broken = error;
    }
    shortSteps = offset - from < LEAST_STEP ? shortSteps + 1 : 0;
    if (offset >= wanted.size || (offset > from && shortSteps < MOST_SHORT_STEPS)) continue;
    throw broken ?? new SwarmError('SW4002', `${wanted.name} ends after ${offset} of ${wanted.size} bytes`, { host: remote.host.name });
  }
  const digest = hash.digest('hex');
  if (digest !== wanted.sha256)
    throw mismatchError(wanted, `sha256 ${digest.slice(0, 12)}… came, ${wanted.sha256.slice(0, 12)}… was declared`);
}

/** The link was lost, or hung: what came is right, and the next stream comes over the next connection. */
const isConnectionBreak = (error: unknown): boolean =>
  error instanceof SwarmError && (errorKind(error.code).outcome === 'unreachable' || error.code === 'SW6002');

/** The bytes from an offset on; ends without an error where the stream was cut, and throws where the host says no. */
async function* readBytesFrom(remote: Remote, { path, name }: PackageTransfer, offset: number): AsyncGenerator<Buffer, void, void> {
  const pipe = await remote.open({ argv: ['tail', '-c', `+${offset + 1}`, '--', path], transfer: 'from host' });
  pipe.stdin.end();
  const stdout = pipe.stdout as Readable;
  const done = pipe.done.catch((error: unknown) => error);
  const errorText = collectErrorText(pipe.stderr);
  const stalled = () =>
    stdout.destroy(new SwarmError('SW6002', `${name}: no byte came for ${STALL_MS / 1000} s`, { host: remote.host.name }));
  let timer = setTimeout(stalled, STALL_MS);
  try {
    for await (const chunk of stdout) {
      clearTimeout(timer);
      timer = setTimeout(stalled, STALL_MS);
      yield Buffer.from(chunk as Uint8Array);
    }
  } finally {
    clearTimeout(timer);
    stdout.destroy();
  }
  const exit = await done;
  if (exit instanceof Error) throw exit;
  const text = (await errorText).trim();
  if (exit !== 0 && text !== '')
    throw new SwarmError('SW4002', `${name} cannot be read: ${text.split('\n')[0]}`, { host: remote.host.name });
}

/** Read again from the disk: what is published is what lies there, not what passed by. */
async function checkOnDisk(wanted: PackageTransfer, part: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  if (digest !== wanted.sha256)
    throw mismatchError(wanted, `sha256 on disk is ${digest.slice(0, 12)}…, ${wanted.sha256.slice(0, 12)}… was declared`);
}

const mismatchError = (wanted: PackageTransfer, what: string): SwarmError =>
  new SwarmError('SW4001', `${wanted.name}: ${what}`, { hint: 'Nothing of it was published. Run again.' });

async function collectErrorText(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < 4096) text += String(chunk);
  return text;
}

function throwDiskError(path: string) {
  return (error: unknown): never => {
    throw fileError(error, path);
  };
}
