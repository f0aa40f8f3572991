import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunEvent } from '../core/event.ts';
import { readFileLines } from './file-lines.ts';
import { watchFile } from './file-watcher.ts';
import { parseEvent } from './parse-event.ts';
import { isProcessAlive } from './process-alive.ts';

const SLICE_MS = 20; // a long journal is read in slices, so that keys are answered meanwhile
const CHECK_MS = 1000;

export interface FollowOptions {
  /** Aborted: no further event. */
  readonly stop: AbortSignal;
  /** Aborted when the writer is known to be gone: what it wrote is read, then it is over. */
  readonly writerGone?: AbortSignal;
  /** Bytes that were there before the run went on: an end among them is not the end. */
  readonly bytesBefore?: number;
}

/**
 * Every event of a journal, then those that another process still writes. Ends with the run, with `stop`, or when that process is
 * gone without a last word (`cutOff` makes one); holds no event back and keeps none.
 */
export async function* followEvents(
  file: string,
  { stop, writerGone: gone, bytesBefore: before = 0 }: FollowOptions,
): AsyncGenerator<RunEvent, void, void> {
  const watcher = watchFile(file, gone === undefined ? stop : AbortSignal.any([stop, gone]));
  let at = 0;
  let writer: RunEvent | undefined;
  let lastCheck = 0;
  let since = performance.now();
  const isWriterDead = (): boolean => {
    if (gone?.aborted === true) return true;
    if (writer?.type !== 'run.started' || performance.now() - lastCheck < CHECK_MS) return false;
    lastCheck = performance.now();
    return !isProcessAlive(writer.pid, writer.at);
  };
  try {
    for (;;) {
      const changed = watcher.nextChange(); // asked for before reading, so that nothing written in between is missed
      const last = isWriterDead(); // likewise: what it wrote before it died is read below
      let finished = false;
      for (const line of existsSync(file) ? readFileLines(file, at) : []) {
        const event = line.complete ? parseEvent(line.text) : undefined;
        if (event === undefined) break; // a record that is not all here yet, or will be cut off
        at = line.end;
        yield event;
        if (stop.aborted) return;
        if (event.type === 'run.started' && at > before) writer = event;
        finished = event.type === 'run.finished' && at > before;
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

/** The same with the last word that a killed run could not say: a screen and a recap need it, no journal has it. */
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

/** What a run would have said last, had it not been killed. Its results are unknown: exit 4. */
export function interruptedEvent({ at: startedAt }: RunEvent, { run, seq, at }: RunEvent): RunEvent {
  const ms = Math.max(0, Date.parse(at) - Date.parse(startedAt));
  return { v: 1, run, seq: seq + 1, at, type: 'run.finished', status: 'interrupted', exit: 4, ms };
}
