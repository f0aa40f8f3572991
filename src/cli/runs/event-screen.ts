import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent } from '../../core/event.ts';
import { reduce } from '../../core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../core/run-state.ts';
import type { Playback } from '../../report/screen/model/playback.ts';
import { type LeaveReason, openRunScreen, type ScreenActions } from '../../report/screen/run-screen.ts';
import type { GlobalOptions } from '../define-command.ts';
import { terminalStyleFor } from '../output.ts';

type Listener = (event: RunEvent, state: RunState) => void;

const INPUT_INTERVAL_MS = 20; // between two looks at the keyboard

/** Shows events on the live screen until they end or the person leaves; `stay` keeps it open at the end, to look around. */
export async function showOnScreen(
  events: AsyncIterable<RunEvent>,
  options: GlobalOptions,
  show: { readonly actions?: ScreenActions; readonly stay: boolean; readonly stop: AbortController; readonly playback?: Playback },
): Promise<{ readonly left: LeaveReason; readonly state: RunState }> {
  let state = initialRunState('');
  let listener: Listener | undefined;
  const screen = openRunScreen({
    out: process.stdout,
    in: process.stdin,
    style: { ...terminalStyleFor(options, process.stdout), given: {} },
    subscribe: (each) => {
      listener = each;
    },
    ...(show.actions === undefined ? {} : { actions: show.actions }),
    ...(show.playback === undefined ? {} : { playback: show.playback }),
  });
  let hasLeft = false;
  void screen.left.then(() => {
    hasLeft = true;
    show.stop.abort();
  });
  try {
    let sliceStart = performance.now();
    for await (const event of events) {
      state = reduce(state.run === '' ? initialRunState(event.run) : state, event);
      listener?.(event, state);
      if (hasLeft) break;
      if (performance.now() - sliceStart < INPUT_INTERVAL_MS) continue;
      await wait(0);
      sliceStart = performance.now();
    }
    const left = show.stay ? await screen.left : await screen.close();
    return { left, state };
  } finally {
    await screen.close(); // whatever was thrown, it is read on the normal screen
  }
}
