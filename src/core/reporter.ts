import type { RunEvent } from './event.ts';
import type { RunState } from './run-state.ts';

/** Shows a run. Live, watched or replayed, it gets the same events, and the state after each. */
export interface Reporter {
  event(event: RunEvent, state: RunState): void;
  /** Undefined while the reporter keeps up; else settles when it has. Until then the hosts wait with more output. */
  caughtUp?(): Promise<void> | undefined;
  /** Prints what is left. Without a state, the run threw an error that the caller prints. */
  close(state?: RunState): Promise<void>;
}
