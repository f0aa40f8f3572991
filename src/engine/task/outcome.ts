import type { ErrorJson } from '../../core/error.ts';
import { errorCodes } from '../../core/error-codes.ts';
import type { Outcome } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';

const UNREACHABLE_CODES = new Set(['SW2001', 'SW2002', 'SW2005', 'SW2006']);

/** How a task ended on `host` that threw this. What another host did (delegate_to, at()) is a failure of this one's task. */
export function outcomeOfError({ code, host }: ErrorJson, on: string): Extract<Outcome, 'failed' | 'unreachable' | 'refused'> {
  if (errorCodes[code]?.exit === 7) return 'refused';
  return UNREACHABLE_CODES.has(code) && (host === undefined || host === on) ? 'unreachable' : 'failed';
}

/** Did a check run find something to change? */
export function hasPendingChanges(state: RunState): boolean {
  return (
    state.check &&
    (Object.values(state.hosts).some(({ tally }) => tally.changed > 0) ||
      Object.values(state.items).some(({ status }) => status === 'queued'))
  );
}

/** Exit code of a run that a signal ended: 143 after SIGTERM, else 130. */
export function interruptExitCode(reason: unknown): number {
  return reason === 'SIGTERM' ? 143 : 130;
}
