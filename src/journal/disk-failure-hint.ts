import { hasBegunWork, isCommandRun } from '../core/can-resume.ts';
import type { RunState } from '../core/run-state.ts';

/** What to do after the journal of a run could not be written. */
export function hintAfterDiskFailure(state: RunState): string {
  const { run, check } = state;
  if (check || !hasBegunWork(state)) return 'Nothing was changed. Fix the disk (df -h shows free space), then type the command again.';
  const next = isCommandRun(state) ? 'see on the hosts what was done.' : `run: swarm runs resume ${run}`;
  return `The run stopped. Fix the disk (df -h shows free space), then ${next}`;
}
