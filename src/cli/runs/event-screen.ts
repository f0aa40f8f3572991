import { setTimeout as wait } from 'node:timers/promises';
import type { RunEvent } from '../../core/event.ts';
import { initial, type RunState, reduce } from '../../core/run-state.ts';
import type { Playback } from '../../report/screen/model/playback.ts';
import { type Actions, type Left, runScreen } from '../../report/screen/run-screen.ts';
import type { Everywhere } from '../options.ts';
import { lookFor } from '../output.ts';

type Listener = (event: RunEvent, state: RunState) => void;

const SLICE_MS = 20; // between two looks at the keyboard

/** Shows events on the live screen until they end or the person leaves; `stay` keeps it open at the end, to look around. */
export async function onScreen(
  events: AsyncIterable<RunEvent>,
  options: Everywhere,
  show: { readonly actions?: Actions; readonly stay: boolean; readonly stop: AbortController; readonly playback?: Playback },
): Promise<{ readonly left: Left; readonly state: RunState }> {
  let state = initial('');
  let listener: Listener | undefined;
  const screen = runScreen({
    out: process.stdout,
    in: process.stdin,
    look: lookFor(options, process.stdout),
    subscribe: (each) => {
      listener = each;
    },
    ...(show.actions === undefined ? {} : { actions: show.actions }),
    ...(show.playback === undefined ? {} : { playback: show.playback }),
  });
  let gone = false;
  void screen.left.then(() => {
    gone = true;
    show.stop.abort();
  });
  try {
    let since = performance.now();
    for await (const event of events) {
      state = reduce(state.run === '' ? initial(event.run) : state, event);
      listener?.(event, state);
      if (gone) break;
      if (performance.now() - since < SLICE_MS) continue;
      await wait(0);
      since = performance.now();
    }
    const left = show.stay ? await screen.left : await screen.close();
    return { left, state };
  } finally {
    await screen.close(); // whatever was thrown, it is read on the normal screen
  }
}
