import type { FileHandle } from 'node:fs/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { byteStream } from './byte-stream.ts';
import { probeCompression, readPart, unpackPart } from './compression.ts';
import { checkImage, imageLimit } from './image-reader.ts';
import type { PackageContents } from './package-contents.ts';
import { sequentialReader } from './sequential-reader.ts';

const TRAILER = 8;
const HEAD = 'XPAKPACK';
const TAIL = 'XPAKSTOP';
/** Bytes of the xpak part: its head, two lengths, its tail. */
const FRAME = 24;
const LIMIT = 64 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** True when the last bytes are those of an xpak (xpak(5)): the length of the metadata and STOP. */
export async function isXpak(handle: FileHandle, size: number): Promise<boolean> {
  if (size < TRAILER) return false;
  return (await readAt(handle, size - 4, 4)).toString('latin1') === 'STOP';
}

/** Reads an xpak (xpak(5)): a compressed tar, the metadata behind it. The file has no checksum of its own, so its form is checked, and
 *  that the tar unpacks as Portage unpacks it. Throws SW4002, SW4003. */
export async function readXpak(handle: FileHandle, size: number): Promise<PackageContents> {
  const trailer = await readAt(handle, size - TRAILER, 4);
  if (trailer.toString('latin1') === TAIL.slice(0, 4)) throw new SwarmError('SW4002', 'the last bytes of the package are missing');
  const length = trailer.readUInt32BE(0);
  if (length < FRAME || length > LIMIT || length + TRAILER > size) throw notXpak('its length is out of bounds');
  const start = size - TRAILER - length;
  if (start === 0) throw notXpak('it has no payload');
  const files = parseXpak(await readAt(handle, start, length));
  const reader = sequentialReader(handle, size);
  while (reader.left() > 0) await reader.take(Math.min(reader.left(), CHUNK));
  await checkPayload(handle, start);
  return { signed: false, digests: reader.digests(), files, folder: undefined };
}

/** Portage chooses the program by the first bytes, and reads a tar that is not compressed. */
async function checkPayload(handle: FileHandle, length: number): Promise<void> {
  const part = { handle, start: 0, length };
  const compression = probeCompression(await readAt(handle, 0, Math.min(8, length)));
  const pieces = compression === undefined ? readPart(part) : unpackPart({ ...part, compression, name: 'its payload' }, imageLimit(length));
  await checkImage(byteStream(pieces), 'xpak');
}

/** The xpak part alone, from XPAKPACK to XPAKSTOP. */
export function parseXpak(part: Buffer): ReadonlyMap<string, Buffer> {
  if (part.subarray(0, 8).toString('latin1') !== HEAD || part.subarray(-8).toString('latin1') !== TAIL)
    throw notXpak('its marks are missing');
  const indexLength = part.readUInt32BE(8);
  const dataLength = part.readUInt32BE(12);
  if (indexLength + dataLength + FRAME !== part.length) throw notXpak('its lengths disagree');
  const index = part.subarray(16, 16 + indexLength);
  const data = part.subarray(16 + indexLength, 16 + indexLength + dataLength);
  const files = new Map<string, Buffer>();
  for (let at = 0; at < index.length; ) {
    const nameEnd = at + 4 < index.length ? at + 4 + index.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (nameEnd + 8 > index.length) throw notXpak('its index is cut');
    const name = index.subarray(at + 4, nameEnd).toString('utf8');
    const from = index.readUInt32BE(nameEnd);
    const to = from + index.readUInt32BE(nameEnd + 4);
    if (!NAME.test(name) || Buffer.byteLength(name) > 255) throw notXpak(`the name ${JSON.stringify(name.slice(0, 80))}`);
    if (to > data.length) throw notXpak(`${JSON.stringify(name.slice(0, 80))} lies outside its data`);
    if (files.has(name)) throw notXpak(`${JSON.stringify(name.slice(0, 80))} is in it twice`);
    files.set(name, data.subarray(from, to));
    at = nameEnd + 8;
  }
  return files;
}

/** A file name: Portage writes each value into a folder of its own. */
const NAME = /^(?!\.{1,2}$)[^/\p{Cc}\ufffd]+$/u;

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new SwarmError('SW4002', 'the file became shorter while it was read');
  return buffer;
}

function notXpak(why: string): SwarmError {
  return new SwarmError('SW4003', `not a valid xpak: ${why}`);
}
