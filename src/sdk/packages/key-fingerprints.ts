import { createHash } from 'node:crypto';

const PUBLIC_KEY = 6;
const PUBLIC_SUBKEY = 14;

/** The fingerprints of the OpenPGP keys in a file, as text or as bytes, with those of their subkeys, in capitals (RFC 9580, section 5.5.4).
 *  What is not a key has none. */
export function readKeyFingerprints(content: Uint8Array): readonly string[] {
  const text = Buffer.from(content).toString('latin1');
  const blocks = [...text.matchAll(/-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n([\s\S]*?)-----END PGP PUBLIC KEY BLOCK-----/g)];
  const parts = blocks.length === 0 ? [Buffer.from(content)] : blocks.map(([, block = '']) => decodeArmor(block));
  return parts.flatMap(readPackets);
}

/** Without the headers before the empty line, and without the checksum of the last line. */
function decodeArmor(block: string): Buffer {
  const lines = block.split('\n').map((line) => line.trim());
  const body = lines.slice(lines.indexOf('') + 1).filter((line) => !line.startsWith('='));
  return Buffer.from(body.join(''), 'base64');
}

function readPackets(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.end > bytes.length) return found;
    const { tag, start, end } = header;
    if (tag === PUBLIC_KEY || tag === PUBLIC_SUBKEY) found.push(...fingerprintOf(bytes.subarray(start, end)));
    at = end;
  }
  return found;
}

/** Where a packet has its content. Undefined for what is not a packet, and for one in parts, which a key is not. */
function readHeader(bytes: Buffer, at: number): { readonly tag: number; readonly start: number; readonly end: number } | undefined {
  const first = bytes[at] ?? 0;
  const size = bytes[at + 1] ?? 0;
  if ((first & 0x80) === 0 || at + 6 > bytes.length) return undefined;
  if ((first & 0x40) === 0) {
    const width = [1, 2, 4][first & 3];
    if (width === undefined) return undefined;
    const start = at + 1 + width;
    return { tag: (first >> 2) & 15, start, end: start + bytes.readUIntBE(at + 1, width) };
  }
  const tag = first & 0x3f;
  if (size < 192) return { tag, start: at + 2, end: at + 2 + size };
  if (size < 224) return { tag, start: at + 3, end: at + 3 + (size - 192) * 256 + (bytes[at + 2] ?? 0) + 192 };
  return size === 255 ? { tag, start: at + 6, end: at + 6 + bytes.readUInt32BE(at + 2) } : undefined;
}

/** Of a key of version 4 or 6; older ones have a fingerprint that can be forged. */
function fingerprintOf(body: Buffer): readonly string[] {
  const version = body[0];
  if (version !== 4 && version !== 6) return [];
  const length = Buffer.alloc(version === 4 ? 2 : 4);
  length.writeUIntBE(body.length, 0, length.length);
  const hash = createHash(version === 4 ? 'sha1' : 'sha256')
    .update(Buffer.from([version === 4 ? 0x99 : 0x9b]))
    .update(length);
  return [hash.update(body).digest('hex').toUpperCase()];
}

/** Whether an ID, or a whole fingerprint, names the key: the last digits of version 4, the first ones of version 6. */
export const isNamedKey = (fingerprint: string, id: string): boolean =>
  fingerprint.length === 40 ? fingerprint.endsWith(id) : fingerprint.startsWith(id);
