import { SwarmError } from '../../core/error/swarm-error.ts';

const MAGIC = 0xfd2fb528;
/** The largest window that zstd unpacks without a special option. */
const WINDOW_LIMIT = 128 * 1024 * 1024;

/** What the walk needs next: bytes to see, or bytes to pass over. */
type Wanted = { readonly take: number } | { readonly skip: number };

/** Passes zstd data on, and checks that it is whole frames of RFC 8878 and nothing else: zstd itself also reads gzip, xz and lz4 where
 *  it is built so. Throws SW4003 for anything else, and above a window of 128 MiB. */
export async function* zstdFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const walk = walkFrames();
  let wanted = walk.next().value as Wanted;
  let left = sizeOf(wanted);
  let seen: Buffer = Buffer.alloc(0);
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(left, piece.length - at);
      if ('take' in wanted)
        seen = seen.length === 0 ? piece.subarray(at, at + length) : Buffer.concat([seen, piece.subarray(at, at + length)]);
      at += length;
      left -= length;
      while (left === 0) {
        wanted = walk.next(seen).value as Wanted;
        left = sizeOf(wanted);
        seen = Buffer.alloc(0);
      }
    }
    yield piece;
  }
  // Between two frames it waits for the four bytes of a magic number.
  if (walk.next(undefined).done !== true || left !== 4 || !('take' in wanted) || seen.length > 0) throw damaged('it ends inside a frame');
}

const sizeOf = (wanted: Wanted): number => ('take' in wanted ? wanted.take : wanted.skip);

/** One frame after the other. It ends when it gets no bytes where a frame may begin. */
function* walkFrames(): Generator<Wanted, void, Buffer | undefined> {
  for (;;) {
    const head = yield { take: 4 };
    if (head === undefined) return;
    const magic = head.readUInt32LE(0);
    if (magic >>> 4 === 0x184d2a5) {
      const length = yield { take: 4 };
      yield { skip: length?.readUInt32LE(0) ?? 0 };
    } else if (magic === MAGIC) yield* walkFrame();
    else throw damaged('bytes that are not a frame');
  }
}

function* walkFrame(): Generator<Wanted, void, Buffer | undefined> {
  const flags = (yield { take: 1 })?.[0] ?? 0;
  if ((flags & 0x08) !== 0) throw damaged('a frame of no kind');
  const single = (flags & 0x20) !== 0;
  if (!single) {
    const window = (yield { take: 1 })?.[0] ?? 0;
    const base = 2 ** (10 + (window >> 3));
    if (base + (base / 8) * (window & 7) > WINDOW_LIMIT) {
      throw new SwarmError('SW4003', 'a window of more than 128 MiB, which zstd does not unpack without a special option', {
        hint: 'Build with --long=27 or less in BINPKG_COMPRESS_FLAGS.',
      });
    }
  }
  yield { skip: [0, 1, 2, 4][flags & 3] ?? 0 };
  const content = yield { take: [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0 };
  if (single && content !== undefined && contentSize(content) > WINDOW_LIMIT) throw damaged('a window of more than 128 MiB');
  for (let last = false; !last; ) {
    const header = (yield { take: 3 })?.readUIntLE(0, 3) ?? 1;
    last = (header & 1) !== 0;
    const kind = (header >> 1) & 3;
    if (kind === 3) throw damaged('a block of no kind');
    yield { skip: kind === 1 ? 1 : header >> 3 };
  }
  if ((flags & 4) !== 0) yield { skip: 4 };
}

function contentSize(field: Buffer): number {
  switch (field.length) {
    case 1:
      return field.readUInt8(0);
    case 2:
      return field.readUInt16LE(0) + 256;
    case 4:
      return field.readUInt32LE(0);
    default:
      return field.length === 8 ? Number(field.readBigUInt64LE(0)) : 0;
  }
}

function damaged(why: string): SwarmError {
  return new SwarmError('SW4003', `zstd data cannot be unpacked: ${why}`);
}
