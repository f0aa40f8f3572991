/** Bytes that arrive in pieces, read in the sizes that a format asks for. */
export interface ByteStream {
  /** The next bytes, or fewer where the stream ends. */
  take(length: number): Promise<Buffer>;
  /** Drops bytes; the number dropped is smaller where the stream ends. */
  skip(length: number): Promise<number>;
  /** The next bytes as they arrived; undefined at the end. */
  next(): Promise<Buffer | undefined>;
}

/** Reads pieces one after the other. What is held is one piece, or what `take` asks for. */
export function byteStream(pieces: AsyncIterable<Buffer>): ByteStream {
  const iterator = pieces[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const next = async (): Promise<Buffer | undefined> => {
    if (held.length > 0) {
      const piece = held;
      held = Buffer.alloc(0);
      return piece;
    }
    const { done, value } = await iterator.next();
    return done === true ? undefined : value;
  };
  return {
    next,
    async take(length) {
      if (length <= held.length) {
        const bytes = held.subarray(0, length);
        held = held.subarray(length);
        return bytes;
      }
      const parts: Buffer[] = [];
      for (let left = length; left > 0; ) {
        const piece = await next();
        if (piece === undefined) break;
        parts.push(piece.subarray(0, left));
        held = piece.subarray(left);
        left -= parts.at(-1)?.length ?? 0;
      }
      return Buffer.concat(parts);
    },
    async skip(length) {
      let left = length;
      while (left > 0) {
        const piece = await next();
        if (piece === undefined) break;
        const dropped = Math.min(left, piece.length);
        held = piece.subarray(dropped);
        left -= dropped;
      }
      return length - left;
    },
  };
}
