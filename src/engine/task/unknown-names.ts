import type { Vars } from '../../core/json-value.ts';
import { type IncludeStep, listTasks, type Task } from '../../core/playbook/step-model.ts';
import { ANY_NAME, UNKNOWN_RESULT } from '../../language/expression/unknown-values.ts';
import type { HostRun } from '../host-run.ts';
import type { TaskCall } from '../task-call.ts';
import { setVariables } from '../variables/set-variables.ts';
import type { TaskResult } from './task-result.ts';

/** Makes the variables unknown that a task would set, where its outcome is unknown in a dry run. */
export function setUnknownNames({ hostRun, task }: TaskCall, result: TaskResult): TaskResult {
  if (result.outcome !== 'unknown' || task.keyword?.sets === undefined) return result;
  const sets = asUnknown(listSetNames(task));
  setVariables(hostRun, sets);
  return { ...result, sets };
}

/** Makes everything unknown that the steps would register or set, which a dry run does not know to be included. */
export function setUnknownInclude(hostRun: HostRun, { candidates }: IncludeStep): void {
  const tasks = listTasks(candidates);
  const names = tasks.flatMap((task) => [...(task.register === undefined ? [] : [task.register]), ...listSetNames(task)]);
  setVariables(hostRun, asUnknown([...names, ANY_NAME]));
}

/** The names that `set_fact` has as keys. A file of `include_vars` that is not known can have any. */
function listSetNames({ module, keyword, args }: Task): readonly string[] {
  if (keyword?.sets === undefined) return [];
  return module === 'set_fact' && typeof args === 'object' && args !== null ? Object.keys(args) : [ANY_NAME];
}

const asUnknown = (names: readonly string[]): Vars => Object.fromEntries(names.map((name) => [name, UNKNOWN_RESULT]));
