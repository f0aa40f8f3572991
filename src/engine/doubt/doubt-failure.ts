import type { Lack } from '../../core/error/lack.ts';
import type { Json } from '../../core/json-value.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { isWorkError, type TaskResult, unknownResult } from '../task/task-result.ts';
import { isCheck, type TaskCall } from '../task-call.ts';
import { withoutOmitted } from '../variables/omit.ts';
import { type Brought, listBrought, mayEndLack } from './brought.ts';

/** A task of which a dry run left something undone on a host. */
export interface NotDone {
  readonly name: string;
  readonly brings: Brought;
}

/** In a dry run: a failure becomes unknown where a task before it would have changed the host, or may have, and that can be what this one
 *  lacks. Any other failure stays one, and so does a mistake in the playbook. */
export function doubtFailure(call: TaskCall, result: TaskResult): TaskResult {
  if (!isCheck(call)) return result;
  const { hostRun, settings, task } = call;
  const { error, outcome, lacks } = result;
  const own = (): NotDone => ({ name: task.name ?? task.module, brings: listBrought(task.module, tryArgs(call)) });
  if (outcome === 'changed' || outcome === 'unknown') hostRun.notDone.push(own());
  if (outcome !== 'failed' || error === undefined || !mayGoAway(error)) return result;
  const foundChanges = result.values['changed'] === true; // then it failed: its own change may be what it lacks
  const earlier = foundChanges ? own() : hostRun.notDone.findLast(({ brings }) => canCure(brings, error.code, lacks));
  if (earlier === undefined) return result;
  const message = settings.noLog ? 'hidden by no_log' : error.message;
  const because = `${error.code}: ${message}; the dry run did not do ${JSON.stringify(earlier.name)}, which may change that`;
  hostRun.notDone.push(own());
  return { ...unknownResult(because), failedInCheck: true };
}

/** Why another user cannot be become is not known: the user, the program or its rules may be missing. */
const canCure = (brings: Brought, code: string, lack: Lack | undefined): boolean =>
  code === 'SW2009' ? brings.kinds.length > 0 : mayEndLack(brings, lack);

/** A user that a task makes may be the one that a later task becomes. */
const mayGoAway = (error: NonNullable<TaskResult['error']>): boolean => isWorkError(error) || error.code === 'SW2009';

/** The arguments with the values of their templates; undefined where those are not known. */
function tryArgs({ task, variables }: TaskCall): Json | undefined {
  try {
    return withoutOmitted(renderTemplates(task.args, variables, { at: task.at }));
  } catch {
    return undefined;
  }
}
