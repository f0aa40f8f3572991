import { SwarmError } from '../../core/error.ts';

export const TAR_BLOCK = 512;

/** One header of a tar archive: ustar (POSIX.1-1988), with GNU's long names and base-256 numbers. */
export interface TarHeader {
  readonly name: string;
  /** Bytes of content after the header; padded to whole blocks. */
  readonly size: number;
  /** '0' a file, '5' a folder, 'L' GNU: the content is the next header's name, and others. */
  readonly type: string;
}

/** Content and padding in whole blocks. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

export function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Reads one block of 512 bytes; undefined for the zero block that ends an archive. Throws SW4003. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (isAllZero(block)) return undefined;
  // The checksum does not cover this field, so only the form that all writers use is accepted.
  const field = Buffer.from(block.subarray(148, 156)).toString('latin1');
  if (!/^(?:[0-7]{6}\0 |[0-7]{7}\0)$/.test(field)) throw notTar('a header has no checksum');
  const stored = Number.parseInt(field, 8);
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  if (stored !== sum) throw notTar('a header has a wrong checksum');
  const magic = fieldText(block.subarray(257, 263));
  if (magic !== 'ustar' && magic !== 'ustar ') throw notTar('a header is not ustar');
  const size = parseNumber(block.subarray(124, 136));
  const prefix = magic === 'ustar' ? fieldText(block.subarray(345, 500)) : '';
  const name = fieldText(block.subarray(0, 100));
  return { name: prefix === '' ? name : `${prefix}/${name}`, size, type: String.fromCharCode(block[156] || 0x30) };
}

/** Octal text, or GNU's base-256 if the first bit is set. */
function parseNumber(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value)) throw notTar('a size beyond all reason');
    return value;
  }
  const digits = fieldText(field).trim();
  if (!/^[0-7]+$/.test(digits)) throw notTar('a number in a header is not octal');
  return Number.parseInt(digits, 8);
}

/** Up to the first NUL. */
export function fieldText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8');
}

/** The files of a small archive in memory, without links, devices and folders. Throws SW4003 for a damaged archive. */
export function* readTarFiles(archive: Uint8Array): Generator<{ readonly name: string; readonly content: Uint8Array }> {
  let at = 0;
  let longName: string | undefined;
  while (at + TAR_BLOCK <= archive.length) {
    const header = parseTarHeader(archive.subarray(at, at + TAR_BLOCK));
    if (!header) return;
    at += TAR_BLOCK;
    if (at + header.size > archive.length) throw notTar('it ends inside a file');
    const content = archive.subarray(at, at + header.size);
    at += paddedSize(header.size);
    if (header.type === 'L') longName = fieldText(content);
    else {
      if (header.type === '0') yield { name: longName ?? header.name, content };
      longName = undefined;
    }
  }
  throw notTar('it has no end');
}

function notTar(why: string): SwarmError {
  return new SwarmError('SW4003', `not a valid tar archive: ${why}`);
}
