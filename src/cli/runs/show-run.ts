import { setTimeout as wait } from 'node:timers/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { findElsewhere } from '../../fleet/runs/take-over.ts';
import { withFinalEvent } from '../../journal/follow-journal.ts';
import { describeElsewhere } from '../../journal/runs/elsewhere.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import { createPlayback, type Playback } from '../../report/screen/model/playback.ts';
import { printRecap } from '../output.ts';
import { printMessage } from '../print-errors.ts';
import { printEvents, showEvents } from './print-events.ts';
import type { ShowRunFlags } from './runs-commands.ts';

/** `swarm runs show RUN`: its journal through the same reporters as the run itself. */
export async function showRunCommand(run: string | undefined, given: ShowRunFlags): Promise<number> {
  const { runsDir, run: runId, file, options } = locateRun(given, run);
  const runs = listRuns(runsDir);
  const wasKilled = runs.some((each) => each.run === runId && each.status === 'interrupted');
  const elsewhere = findElsewhere(runs, runId);
  if (elsewhere !== undefined) printMessage(describeElsewhere(elsewhere));
  const recorded = iterateJournal(file);
  const stop = new AbortController();
  const events = wasKilled && options.output !== 'ndjson' ? withFinalEvent(recorded, stop.signal) : recorded;
  if (options.replay !== true) {
    await printRecap(await printEvents(events, options), options, 'shown');
    return 0;
  }
  const speed = Number(options.speed ?? 1);
  if (!(speed > 0)) throw new SwarmError('SW1202', `--speed ${options.speed} is not a number above 0`, {});
  const playbackControl = createPlayback(speed);
  await showEvents(replayAtSpeed(events, playbackControl, stop.signal), options, { playback: playbackControl }, stop);
  return 0;
}

const MAX_PAUSE_MS = 5000; // that nothing happens in a replay

async function* replayAtSpeed(
  events: AsyncIterable<RunEvent> | Iterable<RunEvent>,
  playbackControl: Playback,
  stop: AbortSignal,
): AsyncGenerator<RunEvent, void, void> {
  const stopped = new Promise<void>((done) => stop.addEventListener('abort', () => done()));
  let start: number | undefined;
  for await (const event of events) {
    const at = Date.parse(event.at);
    start ??= at;
    for (;;) {
      const remainingMs = at - start - playbackControl.now();
      if (remainingMs <= 0 || stop.aborted) break;
      const speed = playbackControl.speed();
      if (remainingMs > MAX_PAUSE_MS * speed && speed > 0) playbackControl.skipTo(at - start - MAX_PAUSE_MS * speed);
      const timer = new AbortController();
      const wakes =
        speed === 0 ? [] : [wait(Math.min(remainingMs / speed, MAX_PAUSE_MS), undefined, { signal: timer.signal }).catch(() => {})];
      await Promise.race([...wakes, playbackControl.changed(), stopped]);
      timer.abort();
    }
    if (stop.aborted) return;
    yield event;
  }
}
