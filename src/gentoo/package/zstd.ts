import { decompress } from 'fzstd';
import { SwarmError } from '../../core/error.ts';

const MAGIC = 0xfd2fb528;
/** The largest size of a block (RFC 8878, section 3.1.1.2.4). */
const BLOCK_MAX = 128 * 1024;

/** Unpacks zstd data that may be hostile. Its largest possible size is known before anything is unpacked. Throws SW4003 above `limit` bytes
 *  or where the frames (RFC 8878) are damaged. */
export function unzstd(bytes: Uint8Array, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let room = limit;
  let at = 0;
  while (at < bytes.length) {
    const frame = measureFrame(bytes.subarray(at));
    if (!frame.skip) {
      if (frame.maxSize > room + BLOCK_MAX) throw damaged(`more than ${limit} bytes in it`);
      const part = unpackFrame(bytes.subarray(at, at + frame.length), frame);
      room -= part.length;
      if (room < 0) throw damaged(`more than ${limit} bytes in it`);
      parts.push(part);
    }
    at += frame.length;
  }
  return Buffer.concat(parts);
}

interface Frame {
  readonly skip: boolean;
  /** Bytes of the packed frame, with header and checksum. */
  readonly length: number;
  /** The most that it can unpack to. */
  readonly maxSize: number;
  /** Offset of its window descriptor, if it has one, and of its blocks. */
  readonly window: number | undefined;
}

/** Reads the block headers of one frame without unpacking it. */
function measureFrame(bytes: Uint8Array): Frame {
  const data = dataView(bytes);
  const need = (to: number): number => {
    if (to > bytes.length) throw damaged('it ends inside a frame');
    return to;
  };
  need(8);
  const magic = data.getUint32(0, true);
  if (magic >>> 4 === 0x184d2a5) return { skip: true, length: need(8 + data.getUint32(4, true)), maxSize: 0, window: undefined };
  if (magic !== MAGIC) throw damaged('it has no magic number');
  const flags = data.getUint8(4);
  const single = (flags & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const content = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  let at = need(5 + (single ? 0 : 1) + dictionary + content);
  let most = 0;
  for (let last = false; !last; ) {
    need(at + 3);
    const header = data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
    last = (header & 1) !== 0;
    const size = header >> 3;
    const kind = (header >> 1) & 3;
    if (kind === 3 || size > BLOCK_MAX) throw damaged('a block of no kind');
    most += kind === 2 ? BLOCK_MAX : size;
    at = need(at + 3 + (kind === 1 ? 1 : size));
  }
  if ((flags & 4) !== 0) at = need(at + 4);
  return { skip: false, length: at, maxSize: most, window: single ? undefined : 5 };
}

/** Lowers the declared window size to what the frame can unpack to. The unpacker would allocate up to 2 GiB for it. */
function unpackFrame(bytes: Uint8Array, frame: Frame): Uint8Array {
  if ((contentSize(bytes) ?? 0) > frame.maxSize) throw damaged('it declares more than it has');
  const packed = Uint8Array.from(bytes);
  if (frame.window !== undefined) {
    const exponent = Math.ceil(Math.log2(Math.max(frame.maxSize, BLOCK_MAX))) - 10;
    if ((packed[frame.window] ?? 0) >> 3 > exponent) packed[frame.window] = exponent << 3;
  }
  try {
    return decompress(packed);
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error));
  }
}

/** The declared unpacked size of the frame, if there is one. */
function contentSize(packed: Uint8Array): number | undefined {
  const flags = packed[4] ?? 0;
  const single = (flags & 0x20) !== 0;
  const at = 5 + (single ? 0 : 1) + ([0, 1, 2, 4][flags & 3] ?? 0);
  const data = dataView(packed);
  switch (flags >> 6) {
    case 0:
      return single ? data.getUint8(at) : undefined;
    case 1:
      return data.getUint16(at, true) + 256;
    case 2:
      return data.getUint32(at, true);
    default:
      return Number(data.getBigUint64(at, true));
  }
}

function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(why: string): SwarmError {
  return new SwarmError('SW4003', `zstd data cannot be unpacked: ${why}`);
}
