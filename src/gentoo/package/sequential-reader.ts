import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';

/** Lower-case hex, of a whole file. */
export interface FileDigests {
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
}

/** A file that is read once from start to end. Its digests are computed on the way. */
export interface SequentialReader {
  /** Bytes not yet read. */
  left(): number;
  /** Where the next bytes are in the file. */
  at(): number;
  /** The next bytes, valid until the next call. Throws SW4002 when the file ends before. */
  take(length: number): Promise<Uint8Array>;
  /** Of the complete file. Call it once, after everything was read. */
  digests(): FileDigests;
}

/** Reads a file of `size` bytes from its start, and hashes what it reads. */
export function sequentialReader(handle: FileHandle, size: number): SequentialReader {
  const sha256 = createHash('sha256');
  const sha1 = createHash('sha1');
  const md5 = createHash('md5');
  let buffer = Buffer.alloc(64 * 1024);
  let at = 0;
  return {
    left: () => size - at,
    at: () => at,
    async take(length) {
      if (at + length > size) throw new SwarmError('SW4002', `the file ends too early: ${size} bytes`);
      if (length > buffer.length) buffer = Buffer.alloc(length);
      const bytes = buffer.subarray(0, length);
      for (let got = 0; got < length; ) {
        const { bytesRead } = await handle.read(bytes, got, length - got, at + got);
        if (bytesRead === 0) throw new SwarmError('SW4002', 'the file became shorter while it was read');
        got += bytesRead;
      }
      at += length;
      for (const hash of [sha256, sha1, md5]) hash.update(bytes);
      return bytes;
    },
    digests: () => ({ sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), md5: md5.digest('hex') }),
  };
}
