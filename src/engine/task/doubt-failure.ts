import type { HostRun } from '../host-run.ts';
import { isCheck, type TaskCall } from '../task-call.ts';
import { isWorkError, type TaskResult, unknownResult } from './task-result.ts';

/** In a dry run: a failure after a task that would have changed the host, or may have, becomes unknown. That task may make what this one
 *  needs. A mistake in the playbook stays a failure. */
export function doubtFailure(call: TaskCall, result: TaskResult): TaskResult {
  const { hostRun, settings } = call;
  if (!isCheck(call)) return result;
  const { error } = result;
  const own = result.values['changed'] === true ? (call.task.name ?? call.task.module) : undefined; // it found changes, then failed
  const earlier = hostRun.firstNotDone ?? own;
  if (result.outcome !== 'failed' || error === undefined || earlier === undefined || !mayGoAway(error)) {
    noteNotDone(hostRun, result, call.task.name ?? call.task.module);
    return result;
  }
  const message = settings.noLog ? 'hidden by no_log' : error.message;
  return unknownResult(`${error.code}: ${message}; the dry run did not do what comes before, such as ${JSON.stringify(earlier)}`);
}

/** Remembers the first task of which a dry run left something undone on the host. */
function noteNotDone(hostRun: HostRun, { outcome }: TaskResult, name: string): void {
  if (outcome === 'changed' || outcome === 'unknown') hostRun.firstNotDone ??= name;
}

/** A user that a task makes may be the one that a later task becomes. */
const mayGoAway = (error: NonNullable<TaskResult['error']>): boolean => isWorkError(error) || error.code === 'SW2009';
