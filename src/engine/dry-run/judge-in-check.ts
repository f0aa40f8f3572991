import type { Lack } from '../../core/error/lack.ts';
import type { Json } from '../../core/json-value.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { isWorkError, type TaskResult, unknownResult } from '../task/task-result.ts';
import { isCheck, type TaskCall } from '../task-call.ts';
import { withoutOmitted } from '../variables/omit.ts';
import { canSupply, listSupplies, type Supplies, type TaskNotDone } from './supplies.ts';

/** Decides in a dry run how a task ended. A failure becomes unknown where the dry run did not do an earlier task that may supply what this one
 *  lacks. Any other failure stays one, and so does a mistake in the playbook. A task that is not done is kept in `notDone` of its host. */
export function judgeInCheck(call: TaskCall, result: TaskResult): TaskResult {
  if (!isCheck(call)) return result;
  const { hostRun, settings, task } = call;
  const { error, outcome, lacks } = result;
  const own = (): TaskNotDone => ({ name: task.name ?? task.module, supplies: listSupplies(task.module, tryArgs(call)) });
  if ((outcome === 'changed' || outcome === 'unknown') && !saysItOnlyReads(task)) hostRun.notDone.push(own());
  if (outcome !== 'failed' || error === undefined || !mayGoAway(error)) return result;
  const foundChanges = result.values['changed'] === true; // its own change, which was not done, may be what it lacks
  const earlier = foundChanges ? own() : hostRun.notDone.findLast(({ supplies }) => canCure(supplies, error.code, lacks));
  if (earlier === undefined) return result;
  const message = settings.noLog ? 'hidden by no_log' : error.message;
  const because = `${error.code}: ${message}; the dry run did not do ${JSON.stringify(earlier.name)}, which may change that`;
  hostRun.notDone.push(own());
  return { ...unknownResult(because), failedInCheck: true };
}

/** `changed_when: false`: what it would do on the host is nothing that a later task needs. */
const saysItOnlyReads = ({ changedWhen }: Task): boolean => changedWhen.some(({ source }) => source.trim() === 'false');

/** Why another user cannot be become is not known: the user, the program or its rules may be missing. */
const canCure = (supplies: Supplies, code: string, lack: Lack | undefined): boolean =>
  code === 'SW2009' ? supplies.kinds.length > 0 : canSupply(supplies, lack);

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
