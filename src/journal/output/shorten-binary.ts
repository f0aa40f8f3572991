import type { RunEvent } from '../../core/event.ts';

/** What no screen shows, and what could not be decoded. Line breaks, tabs, backspaces and colours are not among them. */
const UNPRINTABLE = /[\0-\x07\x0e-\x1a\x1c-\x1f\x7f\uFFFD]+/g;

/** Lines up to this length stay as they are. */
const SHORT_LINE = 64;
/** A line is binary where more than one in so many characters is unprintable. Each costs up to five bytes more in the file, so any other line
 *  grows by a fifth at most. */
const RARE = 25;

/** The event with each run of unprintable characters as one dot, as hexdump shows them, in those lines of output that are binary data.
 *  In the file a NUL takes six bytes, and a byte that is not text three. */
export function shortenBinary(event: RunEvent): RunEvent {
  if (event.type !== 'task.output' || !event.lines.some(isBinary)) return event;
  return { ...event, lines: event.lines.map((line) => (isBinary(line) ? line.replace(UNPRINTABLE, '.') : line)) };
}

const isBinary = (line: string): boolean =>
  line.length > SHORT_LINE && (line.length - line.replace(UNPRINTABLE, '').length) * RARE > line.length;
