/** The end of a host's output, at most 256 KiB; the whole of it is in the journal. Lines keep their numbers while older ones fall out. */
export interface LogBuffer {
  readonly first: number;
  readonly size: number;
  line(number: number): LogLine | undefined;
  push(line: LogLine): void;
}

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** As the host printed it, not cleaned. */
  readonly text: string;
}

const MAX_BYTES = 256 * 1024;
const MAX_LINE_LENGTH = 16 * 1024;
const LINE_OVERHEAD = 64; // of a line beside its text; a million empty lines are not free

/** A buffer that drops its oldest lines where they take more than `maxBytes`. */
export function createLogBuffer(maxBytes = MAX_BYTES): LogBuffer {
  let lines: LogLine[] = [];
  let dropped = 0; // of `lines`, from its start
  let first = 0;
  let bytes = 0;
  return {
    get first() {
      return first;
    },
    get size() {
      return lines.length - dropped;
    },
    line: (number) => (number < first ? undefined : lines[number - first + dropped]),
    push({ at, text }) {
      const line = { at, text: text.length > MAX_LINE_LENGTH ? text.slice(0, MAX_LINE_LENGTH) : text };
      lines.push(line);
      bytes += line.text.length + LINE_OVERHEAD;
      while (bytes > maxBytes && dropped < lines.length - 1) {
        bytes -= (lines[dropped]?.text.length ?? 0) + LINE_OVERHEAD;
        dropped++;
        first++;
      }
      if (dropped > 1024 && dropped * 2 > lines.length) {
        lines = lines.slice(dropped);
        dropped = 0;
      }
    },
  };
}
