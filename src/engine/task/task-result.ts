import { type ErrorJson, errorJson, SwarmError } from '../../core/error.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { Task } from '../../core/playbook-model.ts';
import { holds } from '../../language/expression/expression.ts';
import type { TaskEnd } from '../run-context.ts';
import type { Call } from './module-call.ts';
import { outcomeOf } from './outcome.ts';

export type Result = { readonly [key: string]: Json };

/** One turn of a task: of a loop, or the only one. */
export interface Turn {
  readonly outcome: Exclude<TaskEnd['outcome'], 'interrupted'>;
  readonly result: Result;
  readonly error?: ErrorJson;
}

/** The verdict on what a module gave back or threw. */
export function ending(call: Call, changed: boolean, out: Json | undefined, thrown: unknown): Turn {
  const { task, member } = call;
  const error = thrown === undefined ? undefined : errorJson(thrown);
  if (error !== undefined && outcomeOf(error, member.host.name) !== 'failed') {
    return { outcome: outcomeOf(error, member.host.name), result: failure(changed, attachment(thrown), error), error };
  }
  const plain = resultOf(out);
  const saysFailed = error === undefined && plain['failed'] === true;
  const own = saysFailed ? { code: 'SW6012', message: String(plain['msg'] ?? 'the module says that it failed') } : error;
  const result: Result =
    own === undefined ? { ...plain, changed, failed: false, skipped: false } : failure(changed, { ...plain, ...attachment(thrown) }, own);
  // only what work on the host came to may be judged otherwise: a faulty playbook stays faulty
  const judged = own === undefined || own.code.startsWith('SW6');
  return judged && own?.code !== 'SW6014'
    ? judge(call, result, own, task)
    : { outcome: 'failed', result, ...(own === undefined ? {} : { error: own }) };
}

/** What a module returned, as a mapping. */
function resultOf(out: Json | undefined): Result {
  if (out === undefined) return {};
  return typeof out === 'object' && out !== null && !Array.isArray(out) ? (out as Result) : { value: out };
}

function failure(changed: boolean, attached: Result, error: ErrorJson): Result {
  return { ...attached, changed, failed: true, skipped: false, msg: error.message, error: { code: error.code, message: error.message } };
}

/** changed_when and failed_when have the last word; work that a check left undone has no result that they could be asked about. */
function judge(call: Call, result: Result, error: ErrorJson | undefined, task: Task): Turn {
  const undone = error === undefined && result['changed'] === true && (call.frame.check ?? call.stage.context.options.check);
  if (undone && task.failedWhen.length > 0) return { outcome: 'changed', result };
  try {
    const changed = task.changedWhen.length === 0 ? result['changed'] === true : holds(task.changedWhen, withResult(call, result));
    const failed = task.failedWhen.length === 0 ? error !== undefined : holds(task.failedWhen, withResult(call, { ...result, changed }));
    const judged = { ...result, changed, failed };
    if (!failed) return { outcome: changed ? 'changed' : 'ok', result: judged };
    const why =
      error ??
      new SwarmError('SW6012', `failed_when: ${task.failedWhen.map((expr) => expr.source).join(' and ')}`, { at: task.at }).toJSON();
    return { outcome: 'failed', result: { ...judged, msg: why.message }, error: why };
  } catch (thrown) {
    const broken = errorJson(thrown);
    return { outcome: 'failed', result: failure(result['changed'] === true, result, broken), error: broken };
  }
}

/** The names in sight of what is asked about a result. */
export function withResult(call: Call, result: Result): Vars {
  const { register } = call.task;
  return { ...call.scope, result, ...(register === undefined ? {} : { [register]: result }) };
}

/** What a failure leaves to register: what the module attached to its error, or nothing. */
function attachment(thrown: unknown): { readonly [key: string]: Json } {
  const cause = thrown instanceof SwarmError ? thrown.cause : undefined;
  if (typeof cause !== 'object' || cause === null || Array.isArray(cause) || cause instanceof Error) return {};
  return cause as { readonly [key: string]: Json };
}
