import { PENDING_EXIT } from '../core/exit/exit-code.ts';
import { runExitCode } from '../core/exit/run-errors.ts';
import type { RunState } from '../core/run-state.ts';

/** True where a dry run found something to change, or something that may change. */
function hasPendingChanges(state: RunState): boolean {
  return (
    state.check &&
    (state.hosts.values().some(({ tally }) => tally.changed + (tally.unknown ?? 0) > 0) ||
      state.items.values().some(({ status }) => status === 'queued'))
  );
}

/** Exit code of a run that came to its end. */
export function finishedExitCode(state: RunState, detailedExitcode: boolean): number {
  const exit = runExitCode(state);
  return exit === 0 && detailedExitcode && hasPendingChanges(state) ? PENDING_EXIT : exit;
}

/** Exit code of a run that a signal ended: 143 after SIGTERM, else 130. */
export function interruptExitCode(reason: unknown): number {
  return reason === 'SIGTERM' ? 143 : 130;
}
