import type { RunState } from './run-state.ts';

/** True for a run that ended early and has begun work. A dry run and a command of `swarm exec` have nothing to go on with. */
export function canResume({ check, playbook, status, hosts, items }: RunState): boolean {
  if (check || playbook === 'exec' || (status !== 'failed' && status !== 'interrupted')) return false;
  const hasWorked = Object.values(hosts).some(
    ({ phase, tally }) => phase === 'running' || phase === 'lost' || tally.ok + tally.changed + tally.failed > 0,
  );
  return hasWorked || Object.keys(items).length > 0;
}
