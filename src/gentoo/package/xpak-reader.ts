import type { FileHandle } from 'node:fs/promises';
import { SwarmError } from '../../core/error.ts';
import type { PackageContents } from './package-file.ts';
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

/** Reads an xpak (xpak(5)): a compressed tar, the metadata behind it. The file has no checksum of its payload, so only its form is
 *  checked: the declared SHA-256 is all there is. Throws SW4002, SW4003. */
export async function readXpak(handle: FileHandle, size: number): Promise<PackageContents> {
  const trailer = await readAt(handle, size - TRAILER, 4);
  if (trailer.toString('latin1') === TAIL.slice(0, 4)) throw new SwarmError('SW4002', 'the last bytes of the package are missing');
  const length = trailer.readUInt32BE(0);
  if (length < FRAME || length > LIMIT || length + TRAILER > size) throw notXpak('its length is out of bounds');
  const start = size - TRAILER - length;
  if (start === 0) throw notXpak('it has no payload');
  const metadata = parseXpak(await readAt(handle, start, length));
  const reader = sequentialReader(handle, size);
  while (reader.left() > 0) await reader.take(Math.min(reader.left(), CHUNK));
  return { signed: false, digests: reader.digests(), metadata };
}

/** The xpak part alone, from XPAKPACK to XPAKSTOP. */
export function parseXpak(part: Buffer): ReadonlyMap<string, string> {
  if (part.subarray(0, 8).toString('latin1') !== HEAD || part.subarray(-8).toString('latin1') !== TAIL)
    throw notXpak('its marks are missing');
  const indexLength = part.readUInt32BE(8);
  const dataLength = part.readUInt32BE(12);
  if (indexLength + dataLength + FRAME !== part.length) throw notXpak('its lengths disagree');
  const index = part.subarray(16, 16 + indexLength);
  const data = part.subarray(16 + indexLength, 16 + indexLength + dataLength);
  const values = new Map<string, string>();
  for (let at = 0; at < index.length; ) {
    const nameEnd = at + 4 < index.length ? at + 4 + index.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (nameEnd + 8 > index.length) throw notXpak('its index is cut');
    const name = index.subarray(at + 4, nameEnd).toString('utf8');
    const from = index.readUInt32BE(nameEnd);
    const to = from + index.readUInt32BE(nameEnd + 4);
    if (to > data.length) throw notXpak(`${JSON.stringify(name.slice(0, 80))} lies outside its data`);
    if (values.has(name)) throw notXpak(`${JSON.stringify(name.slice(0, 80))} is there twice`);
    if (/^[A-Za-z_]+$/.test(name)) values.set(name, data.subarray(from, to).toString('utf8').trimEnd());
    at = nameEnd + 8;
  }
  return values;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new SwarmError('SW4002', 'the file became shorter while it was read');
  return buffer;
}

function notXpak(why: string): SwarmError {
  return new SwarmError('SW4003', `not a valid xpak: ${why}`);
}
