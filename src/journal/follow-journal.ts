import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunEvent } from '../core/event.ts';
import { linesOf } from './file-lines.ts';
import { bellOn } from './file-watcher.ts';
import { parseEvent } from './parse-event.ts';
import { alive } from './process-alive.ts';

const SLICE_MS = 20; // a long journal is read in slices, so that keys are answered meanwhile
const ASK_MS = 1000;

export interface Following {
  /** Aborted: no further event. */
  readonly stop: AbortSignal;
  /** Aborted when the writer is known to be gone: what it wrote is read, then it is over. */
  readonly gone?: AbortSignal;
  /** Bytes that were there before the run went on: an end among them is not the end. */
  readonly before?: number;
}

/**
 * Every event of a journal, then those that another process still writes. Ends with the run, with `stop`, or when that process is
 * gone without a last word (`cutOff` makes one); holds no event back and keeps none.
 */
export async function* liveEvents(file: string, { stop, gone, before = 0 }: Following): AsyncGenerator<RunEvent, void, void> {
  const bell = bellOn(file, gone === undefined ? stop : AbortSignal.any([stop, gone]));
  let at = 0;
  let writer: RunEvent | undefined;
  let asked = 0;
  let since = performance.now();
  const dead = (): boolean => {
    if (gone?.aborted === true) return true;
    if (writer?.type !== 'run.started' || performance.now() - asked < ASK_MS) return false;
    asked = performance.now();
    return !alive(writer.pid, writer.at);
  };
  try {
    for (;;) {
      const rung = bell.next(); // asked for before reading, so that nothing written in between is missed
      const last = dead(); // likewise: what it wrote before it died is read below
      let finished = false;
      for (const line of existsSync(file) ? linesOf(file, at) : []) {
        const event = line.whole ? parseEvent(line.text) : undefined;
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
      await rung;
    }
  } finally {
    bell.stop();
  }
}

/** The same with the last word that a killed run could not say: a screen and a recap need it, no journal has it. */
export async function* withLastWord(events: AsyncIterable<RunEvent> | Iterable<RunEvent>, stop: AbortSignal): AsyncGenerator<RunEvent> {
  let first: RunEvent | undefined;
  let last: RunEvent | undefined;
  for await (const event of events) {
    if (event.type === 'run.started') first = event;
    last = event;
    yield event;
  }
  if (first === undefined || last === undefined || last.type === 'run.finished' || stop.aborted) return;
  yield cutOff(first, last);
}

/** What a run would have said last, had it not been killed. Its results are unknown: exit 4. */
export function cutOff({ at: begun }: RunEvent, { run, seq, at }: RunEvent): RunEvent {
  const ms = Math.max(0, Date.parse(at) - Date.parse(begun));
  return { v: 1, run, seq: seq + 1, at, type: 'run.finished', status: 'interrupted', exit: 4, ms };
}
