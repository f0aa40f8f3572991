import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunEvent } from '../core/event.ts';
import { findProcessState } from '../core/program/process-alive.ts';
import { readFileLines } from './file-lines.ts';
import { watchFile } from './file-watcher.ts';
import { parseEvent } from './parse-event.ts';
import { scanJournal } from './scan-journal.ts';

const SLICE_MS = 20; // a long journal is read in slices, so that keys are answered meanwhile
const CHECK_MS = 1000;

/** When to stop following a journal. */
export interface FollowOptions {
  /** Aborted: no further event. */
  readonly stop: AbortSignal;
  /** Aborted when the writer has ended: the rest of the journal is read, then following ends. */
  readonly writerGone?: AbortSignal;
  /** Size of the journal before the run was resumed. A `run.finished` in that part is not the end. */
  readonly bytesBefore?: number;
}

/**
 * Every event of a journal, then each new one that another process writes. Ends with the run, with `stop`, or when that process was
 * killed (`withFinalEvent` adds the missing end). Throws SW5002 for a bad record that good ones follow.
 */
export async function* followEvents(
  file: string,
  { stop, writerGone, bytesBefore = 0 }: FollowOptions,
): AsyncGenerator<RunEvent, void, void> {
  const watcher = watchFile(file, writerGone === undefined ? stop : AbortSignal.any([stop, writerGone]));
  let at = 0;
  let writer: RunEvent | undefined;
  let lastCheck = 0;
  let since = performance.now();
  const isWriterDead = (): boolean => {
    if (writerGone?.aborted === true) return true;
    if (writer?.type !== 'run.started' || performance.now() - lastCheck < CHECK_MS) return false;
    lastCheck = performance.now();
    return findProcessState(writer, Date.now()) === 'ended'; // one of another machine is followed until its end is written
  };
  try {
    for (;;) {
      const changed = watcher.nextChange(); // before reading, so that no change is missed
      const last = isWriterDead(); // before reading, so that all it wrote is read below
      let finished = false;
      for (const line of existsSync(file) ? readFileLines(file, at) : []) {
        const event = line.complete ? parseEvent(line.text) : undefined;
        if (event === undefined) {
          if (line.complete) scanJournal(file, () => undefined); // throws where good records follow
          break;
        }
        at = line.end;
        yield event;
        if (stop.aborted) return;
        if (event.type === 'run.started' && at > bytesBefore) writer = event;
        finished = event.type === 'run.finished' && at > bytesBefore;
        if (performance.now() - since > SLICE_MS) {
          await turn();
          since = performance.now();
        }
      }
      if (finished || last || stop.aborted) return;
      await changed;
    }
  } finally {
    watcher.stop();
  }
}

/** Adds the `run.finished` that a killed run could not write. The screen and the recap need it; the journal does not get it. */
export async function* withFinalEvent(events: AsyncIterable<RunEvent> | Iterable<RunEvent>, stop: AbortSignal): AsyncGenerator<RunEvent> {
  let first: RunEvent | undefined;
  let last: RunEvent | undefined;
  for await (const event of events) {
    if (event.type === 'run.started') first = event;
    last = event;
    yield event;
  }
  if (first === undefined || last === undefined || last.type === 'run.finished' || stop.aborted) return;
  yield interruptedEvent(first, last);
}

/** The `run.finished` of a killed run. Its result is unknown: exit 4. */
export function interruptedEvent({ at: startedAt }: RunEvent, { run, seq, at }: RunEvent): RunEvent {
  const ms = Math.max(0, Date.parse(at) - Date.parse(startedAt));
  return { v: 1, run, seq: seq + 1, at, type: 'run.finished', status: 'interrupted', exit: 4, ms };
}
