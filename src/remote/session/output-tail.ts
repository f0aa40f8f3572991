/** The end of what one stream of a command printed. */
export interface OutputTail {
  add(bytes: Buffer): void;
  /** What is kept, and whether something before it is missing. */
  read(): { readonly bytes: Buffer; readonly truncated: boolean };
}

/** Keeps the last `keep` bytes, so that a command that prints without end costs no more memory than that. */
export function createOutputTail(keep: number): OutputTail {
  let parts: Buffer[] = [];
  let size = 0;
  let truncated = false;
  const shrink = (): void => {
    const all = Buffer.concat(parts);
    parts = [all.length > keep ? Buffer.from(all.subarray(all.length - keep)) : all];
    size = parts[0]?.length ?? 0;
  };
  return {
    add(bytes) {
      parts.push(bytes);
      size += bytes.length;
      truncated ||= size > keep;
      if (size > 2 * keep) shrink(); // seldom: the bytes are copied once for each `keep` bytes that come
    },
    read() {
      if (truncated) shrink();
      return { bytes: parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts), truncated };
    },
  };
}

/** The last line with anything in it, without its blanks. */
export const lastLineOf = (text: string): string =>
  text
    .trim()
    .split(/[\r\n]+/)
    .at(-1)
    ?.trim() ?? '';
