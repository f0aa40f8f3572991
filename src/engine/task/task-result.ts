import { type ErrorJson, SwarmError, toErrorJson } from '../../core/error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Json, Vars } from '../../core/host.ts';
import { ModuleError } from '../../core/module-error.ts';
import type { Task } from '../../core/playbook-model.ts';
import { allConditionsHold } from '../../language/expression/expression.ts';
import type { TaskResult } from '../run-context.ts';
import type { ModuleCall } from './module-call.ts';

export type ResultValues = { readonly [key: string]: Json };

/** One turn of a task: of a loop, or the only one. */
export interface IterationResult {
  readonly outcome: Exclude<TaskResult['outcome'], 'interrupted'>;
  readonly result: ResultValues;
  readonly error?: ErrorJson;
}

/** The verdict on what a module gave back or threw. */
export function judgeCall(call: ModuleCall, changed: boolean, out: Json | undefined, thrown: unknown): IterationResult {
  const { task, hostRun } = call;
  const error = thrown === undefined ? undefined : elsewhere(toErrorJson(thrown), hostRun.host.name);
  const outcome = error === undefined ? 'failed' : errorKind(error.code).outcome;
  if (error !== undefined && outcome !== 'failed') {
    return { outcome, result: failedValues(changed, errorAttachment(thrown), error), error };
  }
  const plain = returnedValues(out);
  const saysFailed = error === undefined && plain['failed'] === true;
  const own = saysFailed ? { code: 'SW6012', message: String(plain['msg'] ?? 'the module says that it failed') } : error;
  const result: ResultValues =
    own === undefined
      ? { ...plain, changed, failed: false, skipped: false }
      : failedValues(changed, { ...plain, ...errorAttachment(thrown) }, own);
  return own === undefined || isWorkError(own)
    ? applyConditions(call, result, own, task)
    : { outcome: 'failed', result, ...(own === undefined ? {} : { error: own }) };
}

/** Only a failure of the work itself may be judged otherwise by failed_when: a faulty playbook or a missing right stays a failure. */
function isWorkError({ code }: ErrorJson): boolean {
  const { exit, cause } = errorKind(code);
  return exit === 2 && cause !== 'local' && cause !== 'link';
}

/** An unreachable host that is not the host of the task (delegate_to, at()) makes the task fail; it does not make its host unreachable. */
function elsewhere(error: ErrorJson, on: string): ErrorJson {
  const { code, host, message, ...rest } = error;
  if (errorKind(code).outcome !== 'unreachable' || host === undefined || host === on) return error;
  return { ...rest, code: 'SW6016', message: `${host} is unreachable: ${message}` };
}

/** What a module returned, as a mapping. */
function returnedValues(out: Json | undefined): ResultValues {
  if (out === undefined) return {};
  return typeof out === 'object' && out !== null && !Array.isArray(out) ? (out as ResultValues) : { value: out };
}

function failedValues(changed: boolean, attached: ResultValues, error: ErrorJson): ResultValues {
  return { ...attached, changed, failed: true, skipped: false, msg: error.message, error: { code: error.code, message: error.message } };
}

/** changed_when and failed_when have the last word; work that a check left undone has no result that they could be asked about. */
function applyConditions(call: ModuleCall, result: ResultValues, error: ErrorJson | undefined, task: Task): IterationResult {
  const undone = error === undefined && result['changed'] === true && (call.settings.check ?? call.playRun.context.options.check);
  if (undone && task.failedWhen.length > 0) return { outcome: 'changed', result };
  try {
    const changed =
      task.changedWhen.length === 0 ? result['changed'] === true : allConditionsHold(task.changedWhen, variablesWithResult(call, result));
    const failed =
      task.failedWhen.length === 0
        ? error !== undefined
        : allConditionsHold(task.failedWhen, variablesWithResult(call, { ...result, changed }));
    const judged = { ...result, changed, failed };
    if (!failed) return { outcome: changed ? 'changed' : 'ok', result: judged };
    const why =
      error ??
      new SwarmError('SW6012', `failed_when: ${task.failedWhen.map((expr) => expr.source).join(' and ')}`, { at: task.at }).toJSON();
    return { outcome: 'failed', result: { ...judged, msg: why.message }, error: why };
  } catch (thrown) {
    const broken = toErrorJson(thrown);
    return { outcome: 'failed', result: failedValues(result['changed'] === true, result, broken), error: broken };
  }
}

/** The names in sight of what is asked about a result. */
export function variablesWithResult(call: ModuleCall, result: ResultValues): Vars {
  const { register } = call.task;
  return { ...call.scope, result, ...(register === undefined ? {} : { [register]: result }) };
}

/** What a failure leaves to register: what the module attached to its error, or nothing. */
function errorAttachment(thrown: unknown): { readonly [key: string]: Json } {
  const cause = thrown instanceof ModuleError ? thrown.result : thrown instanceof SwarmError ? thrown.cause : undefined;
  if (typeof cause !== 'object' || cause === null || Array.isArray(cause) || cause instanceof Error) return {};
  return cause as { readonly [key: string]: Json };
}
