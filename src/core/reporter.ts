import type { RunEvent } from './event.ts';
import type { OutputGate } from './output/output-gate.ts';
import type { RunState } from './run-state.ts';

/** Shows a run. Live, watched or replayed, it gets the same events, and the state after each. */
export interface Reporter {
  event(event: RunEvent, state: RunState): void;
  /** Closed while the reporter is behind. */
  readonly outputGate?: OutputGate;
  /** Prints what is left. Without a state, the run threw an error that the caller prints. */
  close(state?: RunState): Promise<void>;
}
