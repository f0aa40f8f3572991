import type { RunEvent } from './event.ts';
import type { RunState } from './run-state.ts';

/** Draws a run: live, watched or replayed, it is told the same events and the state after each. */
export interface Reporter {
  event(event: RunEvent, state: RunState): void;
  close(state: RunState): Promise<void>;
}
