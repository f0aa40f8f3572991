import { SwarmError } from '../core/error/swarm-error.ts';
import type { RunEvent } from '../core/event.ts';
import { readFileLines } from './file-lines.ts';
import { parseEvent } from './parse-event.ts';

/** Where the last good record of a journal ends, and whether a partial record follows it. */
export interface JournalScan {
  /** Bytes of good records. */
  readonly end: number;
  /** How many there are; the seq of the next one. */
  readonly next: number;
  readonly torn: boolean;
}

/**
 * Every record, in order, one at a time. A partial record at the end is not an error: a crash cut it off, and it never took effect.
 * Throws SW5002 for a bad record that good ones follow.
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
    if (event.seq !== next) throw damagedJournal(file, next, `is missing`);
    yield event;
    end = line.end;
    next += 1;
  }
  return { end, next, torn };
}

/** Calls `each` for every record. */
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
