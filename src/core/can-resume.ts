import type { RunState } from './run-state.ts';

/** The name of a run of `swarm task`. No playbook of a project has it. */
export const TASK_RUN = 'swarm task';

/** True for a run of `swarm exec` or `swarm task`: no file has its tasks, so that it is typed again and not resumed. */
export const isCommandRun = ({ playbook }: { readonly playbook: string }): boolean => playbook === 'exec' || playbook === TASK_RUN;

/** True for a run whose rest can be done later. A dry run and a command have none: they are typed again. */
export const mayBeResumed = ({ check, playbook }: { readonly check: boolean; readonly playbook: string }): boolean =>
  !check && !isCommandRun({ playbook });

/** True for a run that ended early and has begun work. A dry run, a command, and a run that failed before anything was done have nothing to
 *  go on with. */
export function canResume(state: RunState): boolean {
  const { status } = state;
  return mayBeResumed(state) && (status === 'failed' || status === 'interrupted') && hasBegunWork(state);
}

/** True once a host has done a task or has begun to, or does one. A task that failed before it changed anything is no work. */
export function hasBegunWork({ hosts, items }: RunState): boolean {
  const hasWorked = hosts
    .values()
    .some(({ phase, tally, begun }) => phase === 'running' || phase === 'lost' || begun === true || tally.ok + tally.changed > 0);
  return hasWorked || items.size > 0;
}
