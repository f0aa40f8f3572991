import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** A line without its newline, the byte offset after it, and whether a newline ended it. */
interface FileLine {
  readonly text: string;
  readonly end: number;
  readonly complete: boolean;
}

/** The lines of a file from a byte offset, read in chunks, so that a large journal does not fill the memory. */
export function* readFileLines(file: string, from = 0): Generator<FileLine> {
  const handle = openSync(file, 'r');
  try {
    const size = fstatSync(handle).size;
    let rest = Buffer.alloc(0);
    let restAt = from;
    for (let at = from; at < size; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK, size - at));
      const count = readSync(handle, chunk, 0, chunk.length, at);
      if (count === 0) break;
      at += count;
      const bytes = rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        yield { text: bytes.toString('utf8', start, end), end: restAt + end + 1, complete: true };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      restAt += start;
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), end: restAt + rest.length, complete: false };
  } finally {
    closeSync(handle);
  }
}
