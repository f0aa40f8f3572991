/** The end of what one stream of a command printed. */
export interface OutputTail {
  add(bytes: Buffer): void;
  /** What is kept, and whether something before it is missing. */
  read(): { readonly bytes: Buffer; readonly truncated: boolean };
}

/** Bytes that it begins with; it doubles as it fills. */
const FIRST_SIZE = 4096;

/** Keeps the last `keep` bytes, so that a command that prints without end costs little more memory than that, in pieces of any size. */
export function createOutputTail(keep: number): OutputTail {
  const most = Math.ceil(keep * 1.25); // the bytes are moved once for each quarter of `keep` that comes
  let buffer: Buffer = Buffer.alloc(0);
  let size = 0;
  let truncated = false;
  const dropAllBut = (count: number): void => {
    if (size <= count) return;
    buffer.copyWithin(0, size - count, size);
    size = count;
  };
  const grow = (needed: number): void => {
    if (needed <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(needed, 2 * buffer.length, FIRST_SIZE)));
    buffer.copy(larger, 0, 0, size);
    buffer = larger;
  };
  return {
    add(bytes) {
      truncated ||= size + bytes.length > keep;
      const added = bytes.length > keep ? bytes.subarray(bytes.length - keep) : bytes;
      if (size + added.length > most) dropAllBut(keep - added.length);
      grow(size + added.length);
      added.copy(buffer, size);
      size += added.length;
    },
    read() {
      dropAllBut(keep);
      return { bytes: buffer.subarray(0, size), truncated };
    },
  };
}

/** The text of an output. Where its beginning is missing, so is a character that was cut: of UTF-8, a byte in the middle of one is 10xxxxxx. */
export function decodeTail(bytes: Buffer, truncated: boolean): string {
  let start = 0;
  while (truncated && start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.toString('utf8', start);
}

/** The last line with anything in it, without its blanks. */
export const lastLineOf = (text: string): string =>
  text
    .trim()
    .split(/[\r\n]+/)
    .at(-1)
    ?.trim() ?? '';
