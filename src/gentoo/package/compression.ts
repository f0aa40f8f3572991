import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { zstdFrames } from './zstd-frames.ts';

/** The compressions that every client can read: Portage itself depends on their programs. It runs another program for lz4, lzop and
 *  lzip, which a client need not have. */
export type Compression = 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** By the end of a member's name, as Portage chooses. */
export const SUFFIXES: Readonly<Record<string, Compression>> = { '.gz': 'gzip', '.bz2': 'bzip2', '.xz': 'xz', '.zst': 'zstd' };

/** A format's program reads other formats too, on some hosts and not on others. */
const MAGIC: Readonly<Record<Compression, RegExp>> = {
  gzip: /^\x1f\x8b/,
  bzip2: /^BZh[1-9]/,
  xz: /^\xfd7zXZ\0/,
  zstd: /^(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)/,
};
const CHUNK = 256 * 1024;
/** Memory that xz may use. zstd has its own limit: a window of 128 MiB. */
const XZ_MEMORY = '--memlimit-decompress=256MiB';
const STDERR_LIMIT = 4096;

/** Bytes of an open file. */
export interface FilePart {
  readonly handle: FileHandle;
  readonly start: number;
  readonly length: number;
}

/** Compressed bytes of an open file. */
export interface PackedPart extends FilePart {
  readonly compression: Compression;
  /** The name in messages. */
  readonly name: string;
}

/** The compression of an xpak by its first bytes, as Portage chooses; undefined where they are of none that is known here. */
export function probeCompression(head: Buffer): Compression | undefined {
  const text = head.toString('latin1');
  if (/^BZh[1-8]|^[\x50-\x5f]\x2a\x4d\x18/.test(text)) return undefined;
  return (Object.keys(MAGIC) as Compression[]).find((compression) => MAGIC[compression].test(text));
}

/** Reads bytes of a file in pieces. */
export async function* readPart({ handle, start, length }: FilePart): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK), 0, Math.min(CHUNK, length - at), start + at);
    if (bytesRead === 0) throw new SwarmError('SW4002', 'the file became shorter while it was read');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Unpacks to the very end, as the client's program does, and checks every checksum in it. Throws SW4003 where it is damaged or where it
 *  unpacks to more than `limit` bytes, SW5010 where the program is missing. */
export async function* unpackPart(part: PackedPart, limit: number): AsyncGenerator<Buffer> {
  const { buffer } = await part.handle.read(Buffer.alloc(8), 0, Math.min(8, part.length), part.start);
  if (!MAGIC[part.compression].test(buffer.toString('latin1'))) throw damaged(part, `it is not ${part.compression}`);
  let total = 0;
  for await (const piece of choose(part)) {
    total += piece.length;
    if (total > limit) throw damaged(part, `it has more than ${limit} bytes, the limit for a package of this size`);
    yield piece;
  }
}

/** gzip by Node. The others by their programs; for zstd, the usual one, there is a slower way where its program is missing. */
function choose(part: PackedPart): AsyncIterable<Buffer> {
  if (part.compression === 'gzip') return gunzip(part);
  return part.compression === 'zstd' && !isInPath('zstd') ? unzstd(part) : runProgram(part);
}

const isInPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));

/** It checks no checksums; the Manifest of the package has those of the packed bytes. */
async function* unzstd(part: PackedPart): AsyncGenerator<Buffer> {
  const unpacked: Buffer[] = [];
  const engine = new Decompress((piece) => void unpacked.push(Buffer.from(piece)));
  try {
    for await (const piece of zstdFrames(readPart(part))) {
      engine.push(piece);
      yield* unpacked.splice(0);
    }
    engine.push(new Uint8Array(0), true);
    yield* unpacked.splice(0);
  } catch (error) {
    throw error instanceof SwarmError ? error : damaged(part, error instanceof Error ? error.message : String(error));
  }
}

async function* gunzip(part: PackedPart): AsyncGenerator<Buffer> {
  const engine = createGunzip({ chunkSize: CHUNK });
  const source = Readable.from(readPart(part));
  source.on('error', (error) => engine.destroy(error));
  source.pipe(engine);
  try {
    for await (const piece of engine) yield piece as Buffer;
    // What is left is not a further member: gzip calls it garbage and ends with status 2.
    if (engine.bytesWritten !== part.length) throw damaged(part, 'bytes after its end');
  } catch (error) {
    throw error instanceof SwarmError ? error : damaged(part, error instanceof Error ? error.message : String(error));
  } finally {
    source.destroy();
    engine.destroy();
  }
}

async function* runProgram(part: PackedPart): AsyncGenerator<Buffer> {
  const env = { ...process.env, LC_ALL: 'C', XZ_DEFAULTS: XZ_MEMORY, XZ_OPT: '' };
  const child = spawn(part.compression, ['-d', '-c'], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString('latin1')).slice(0, STDERR_LIMIT);
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (cause) => reject(fileError(cause, part.compression)));
    child.on('close', (status) => resolve(status ?? 1));
  });
  ended.catch(() => undefined); // awaited below
  const fed = pipeline(Readable.from(part.compression === 'zstd' ? zstdFrames(readPart(part)) : readPart(part)), child.stdin).then(
    () => undefined,
    (error: unknown) => {
      child.kill('SIGKILL');
      return error;
    },
  );
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const failure = await fed;
    if (failure instanceof SwarmError) throw failure;
    const status = await ended;
    // bzip2 ends with status 0 after garbage, which it names.
    if (status !== 0 || complaint !== '')
      throw damaged(part, complaint.split('\n')[0]?.trim() || `${part.compression} ended with status ${status}`);
  } finally {
    child.kill('SIGKILL');
  }
}

function damaged(part: PackedPart, why: string): SwarmError {
  return new SwarmError('SW4003', `${part.name} cannot be unpacked: ${why}`);
}
