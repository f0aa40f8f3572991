import type { RunState } from './run-state.ts';

/** True for a run that ended early and has begun work. A dry run and a command of `swarm exec` have nothing to go on with. */
export function canResume(state: RunState): boolean {
  const { check, playbook, status } = state;
  return !check && playbook !== 'exec' && (status === 'failed' || status === 'interrupted') && hasBegunWork(state);
}

/** True once a host has run a task, or runs one. */
export function hasBegunWork({ hosts, items }: RunState): boolean {
  const hasWorked = Object.values(hosts).some(
    ({ phase, tally }) => phase === 'running' || phase === 'lost' || tally.ok + tally.changed + tally.failed > 0,
  );
  return hasWorked || Object.keys(items).length > 0;
}
