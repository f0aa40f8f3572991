import { SwarmError } from '../core/error.ts';
import type { RunEvent } from '../core/event.ts';
import { readFileLines } from './file-lines.ts';
import { parseEvent } from './parse-event.ts';

/** What a journal holds: where the last good record ends, and whether something cut off stands behind it. */
export interface JournalScan {
  /** Bytes of good records. */
  readonly end: number;
  /** How many there are; the seq of the next one. */
  readonly next: number;
  readonly torn: boolean;
}

/**
 * Every record, in order, one at a time: a journal may be larger than memory likes. A bad end (a write that a crash cut off) is told,
 * not an error: what it promised was never acted on. A bad record with good ones behind it is damage: SW5002.
 */
export function* iterateJournal(file: string): Generator<RunEvent, JournalScan, void> {
  let end = 0;
  let next = 0;
  let torn = false;
  for (const line of readFileLines(file)) {
    const event = line.complete ? parseEvent(line.text) : undefined;
    if (event === undefined) {
      torn = true;
      continue;
    }
    if (torn) throw damagedJournal(file, next, 'cannot be read');
    if (event.seq !== next) throw damagedJournal(file, next, `is missing, number ${event.seq} stands in its place`);
    yield event;
    end = line.end;
    next += 1;
  }
  return { end, next, torn };
}

/** The same, each handed over. */
export function scanJournal(file: string, each: (event: RunEvent) => void): JournalScan {
  const records = iterateJournal(file);
  for (;;) {
    const { done, value } = records.next();
    if (done === true) return value;
    each(value);
  }
}

function damagedJournal(file: string, seq: number, how: string): SwarmError {
  return new SwarmError('SW5002', `${file}: record ${seq} ${how}, but later records are valid`, {
    hint: 'Another program changed the file, or the disk damaged it. Start the playbook again as a new run.',
  });
}
