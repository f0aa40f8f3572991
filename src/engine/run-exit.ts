import type { RunState } from '../core/run-state.ts';

/** True where a dry run found something to change, or something that may change. */
export function hasPendingChanges(state: RunState): boolean {
  return (
    state.check &&
    (state.hosts.values().some(({ tally }) => tally.changed + (tally.unknown ?? 0) > 0) ||
      state.items.values().some(({ status }) => status === 'queued'))
  );
}

/** Exit code of a run that a signal ended: 143 after SIGTERM, else 130. */
export function interruptExitCode(reason: unknown): number {
  return reason === 'SIGTERM' ? 143 : 130;
}
