import { SwarmError } from '../../core/error/swarm-error.ts';

export const TAR_BLOCK = 512;
/** The largest time, owner or mode that every reader can set. */
const NUMBER_LIMIT = 2 ** 32 - 2;
/** Mode, owner, group, time and device numbers. A reader that cannot parse one of them takes the header for the end of the archive. */
const OTHER_NUMBERS = [
  [100, 108],
  [108, 116],
  [116, 124],
  [136, 148],
  [329, 337],
  [337, 345],
] as const;

/** One header of a tar archive: ustar (POSIX.1-1988), with GNU's long names and base-256 numbers. */
export interface TarHeader {
  readonly name: string;
  /** The target of a link. */
  readonly linkName: string;
  /** Bytes of content after the header; padded to whole blocks. */
  readonly size: number;
  /** '0' a file, '1' a hard link, '2' a symbolic link, '5' a folder, 'L' and 'K' GNU: the content is the next header's name or target. */
  readonly type: string;
}

/** Content and padding in whole blocks. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

/** Whether a block has no data. */
export function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Reads one block of 512 bytes; undefined for the zero block that ends an archive. Accepts only what Python's tarfile, which Portage
 *  uses, and GNU tar read alike. Throws SW4003. */
export function parseTarHeader(block: Uint8Array): TarHeader | undefined {
  if (isAllZero(block)) return undefined;
  checkSum(block);
  const magic = Buffer.from(block.subarray(257, 265)).toString('latin1');
  const gnu = magic === 'ustar  \0';
  if (!gnu && magic !== 'ustar\x0000') throw notTar('a header is not ustar');
  // Python takes these bytes for a part of the name, GNU tar does not.
  if (gnu && !isAllZero(block.subarray(345, 500))) throw notTar('a header of GNU tar with a prefix');
  for (const [from, to] of OTHER_NUMBERS) parseNumber(block.subarray(from, to), NUMBER_LIMIT);
  const prefix = fieldText(block.subarray(345, 500));
  const name = fieldText(block.subarray(0, 100));
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: fieldText(block.subarray(157, 257)),
    size: parseNumber(block.subarray(124, 136), Number.MAX_SAFE_INTEGER),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

function checkSum(block: Uint8Array): void {
  // The checksum does not cover this field, so only the form that all writers use is accepted.
  const field = Buffer.from(block.subarray(148, 156)).toString('latin1');
  if (!/^(?:[0-7]{6}\0 |[0-7]{7}\0)$/.test(field)) throw notTar('a header has no checksum');
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  if (Number.parseInt(field, 8) !== sum) throw notTar('a header has a wrong checksum');
}

/** Digits, or nothing. GNU tar takes what follows a leading NUL for the number, and refuses a field of blanks alone. */
const OCTAL_FIELD = /^(?: *([0-7]+) *(?:\0|$)| +\0|\0+$)/;

/** Octal text, or GNU's base-256 if the first bit is set. */
function parseNumber(field: Uint8Array, limit: number): number {
  let value = 0;
  if (field[0] === 0x80) for (const byte of field.subarray(1)) value = value * 256 + byte;
  else {
    const found = OCTAL_FIELD.exec(Buffer.from(field).toString('latin1'));
    if (found === null) throw notTar('a number in a header is not octal');
    value = Number.parseInt(found[1] ?? '0', 8);
  }
  if (value > limit) throw notTar('a number in a header is too large');
  return value;
}

/** Up to the first NUL. Throws SW4003 where it is not UTF-8. */
export function fieldText(field: Uint8Array): string {
  const end = field.indexOf(0);
  const bytes = Buffer.from(end < 0 ? field : field.subarray(0, end));
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) throw notTar(`the name ${JSON.stringify(text.slice(0, 200))} is not UTF-8`);
  return text;
}

/** SW4003 with the reason why the file is not a tar archive. */
export function notTar(why: string): SwarmError {
  return new SwarmError('SW4003', `not a valid tar archive: ${why}`);
}
