/** The end of a host's output, at most 256 KiB; the whole of it is in the journal. Lines keep their numbers while older ones fall out. */
export interface Ring {
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

const MOST_BYTES = 256 * 1024;
const MOST_OF_A_LINE = 16 * 1024;
const OVERHEAD = 64; // of a line beside its text; a million empty lines are not free

export function ring(most = MOST_BYTES): Ring {
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
      const line = { at, text: text.length > MOST_OF_A_LINE ? text.slice(0, MOST_OF_A_LINE) : text };
      lines.push(line);
      bytes += line.text.length + OVERHEAD;
      while (bytes > most && dropped < lines.length - 1) {
        bytes -= (lines[dropped]?.text.length ?? 0) + OVERHEAD;
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
