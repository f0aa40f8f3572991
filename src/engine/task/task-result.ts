import { toErrorJson } from '../../core/error/convert-error.ts';
import type { Lack } from '../../core/error/lack.ts';
import { ModuleError } from '../../core/error/module-error.ts';
import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Outcome } from '../../core/event.ts';
import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import { allConditionsHold } from '../../language/expression/evaluate-expression.ts';
import { isUnknownValueError, UNKNOWN_RESULT } from '../../language/expression/unknown-values.ts';
import { isCheck, type TaskCall } from '../task-call.ts';
import type { ModuleResult } from './run-module.ts';

/** What `register` stores. */
export type ResultValues = { readonly [key: string]: Json };

/** How a task, or one iteration of its loop, ended on one host. */
export interface TaskResult {
  readonly outcome: Outcome;
  readonly values: ResultValues;
  /** The name of the task, with the values of its templates. */
  readonly name?: string;
  readonly error?: ErrorJson;
  /** True for a failure that `ignore_errors` or `ignore_unreachable` accepts. */
  readonly ignored?: boolean;
  /** Why the outcome is `unknown`. */
  readonly because?: string;
  /** True where it is unknown because it failed in a dry run. */
  readonly failedInCheck?: boolean;
  /** What the host lacks, where the error says so. */
  readonly lacks?: Lack;
  /** Variables that it gave to the host. */
  readonly sets?: Vars;
}

const NOT_RUN = 'it is not run in a check; where it only reads, check_mode: false runs it';

/** Decides how a call ended, from what its module returned or threw. */
export function judgeCall(call: TaskCall, ran: ModuleResult): TaskResult {
  const result = judge(call, ran);
  const lacks = ran.thrown instanceof SwarmError ? ran.thrown.lacks : undefined;
  return lacks === undefined || result.outcome !== 'failed' ? result : { ...result, lacks };
}

function judge(call: TaskCall, { changed, out, thrown, unknown }: ModuleResult): TaskResult {
  if (isUnknownValueError(thrown)) return unknownResult(thrown.message);
  if (unknown === 'outcome' || (unknown === 'result' && call.task.changedWhen.length > 0)) return unknownResult(NOT_RUN);
  if (unknown === 'result') return { outcome: 'changed', values: UNKNOWN_RESULT };
  const error = thrown === undefined ? undefined : asTaskError(toErrorJson(thrown), call.hostRun.host.name);
  const outcome = error === undefined ? 'failed' : errorKind(error.code).outcome;
  if (error !== undefined && outcome !== 'failed') {
    const explained = changed ? addLossHint(error, call.hostRun.host.name) : error;
    const lost = outcome === 'unreachable' ? { unreachable: true } : {};
    return { outcome, values: { ...failedValues(changed, attachedValues(thrown), explained), ...lost }, error: explained };
  }
  const returned = returnedValues(out);
  const reportsFailure = error === undefined && returned['failed'] === true;
  const failure = reportsFailure ? { code: 'SW6012', message: String(returned['msg'] ?? 'the module says that it failed') } : error;
  if (failure === undefined) return applyConditions(call, { ...returned, changed, failed: false, skipped: false }, undefined);
  const values = failedValues(changed, { ...returned, ...attachedValues(thrown) }, failure);
  return isWorkError(failure) ? applyConditions(call, values, failure) : { outcome: 'failed', values, error: failure };
}

/** What a dry run cannot find out. Its result is unknown as a whole, and so is what depends on it. */
export const unknownResult = (because: string): TaskResult => ({ outcome: 'unknown', values: UNKNOWN_RESULT, because });

/** True for a failure of the work itself. Only that can be overruled by `failed_when`, not a wrong playbook or a missing right. */
export function isWorkError({ code }: ErrorJson): boolean {
  const { exit, cause } = errorKind(code);
  return exit === 2 && cause !== 'local' && cause !== 'link';
}

/** The link broke while the task changed something: what became of that is not known. */
function addLossHint(error: ErrorJson, host: string): ErrorJson {
  if (error.code !== 'SW2005' || error.hint !== undefined) return error;
  return {
    ...error,
    hint: `What the task began may be done, or may go on there. Look before you run it again: swarm exec ${host} -- ps -ef`,
  };
}

/** Where another host than the task's own is unreachable (delegate_to, onHost), the task fails and its own host stays reachable. */
function asTaskError(error: ErrorJson, on: string): ErrorJson {
  const { code, host, message, ...rest } = error;
  if (errorKind(code).outcome !== 'unreachable' || host === undefined || host === on) return error;
  return { ...rest, code: 'SW6016', message: `${host} is unreachable: ${message}` };
}

/** What a module returned, as a mapping. */
function returnedValues(out: Json | undefined): ResultValues {
  if (out === undefined) return {};
  return isMapping(out) ? (out as ResultValues) : { value: out };
}

function failedValues(changed: boolean, attached: ResultValues, error: ErrorJson): ResultValues {
  return { ...attached, changed, failed: true, skipped: false, msg: error.message, error: { code: error.code, message: error.message } };
}

/** Applies `changed_when` and `failed_when`. In check mode a change has no result yet, so `failed_when` is not asked about it. */
function applyConditions(call: TaskCall, values: ResultValues, error: ErrorJson | undefined): TaskResult {
  const { task } = call;
  const pending = error === undefined && values['changed'] === true && isCheck(call);
  if (pending && task.failedWhen.length > 0) return { outcome: 'changed', values };
  try {
    const changed =
      task.changedWhen.length === 0 ? values['changed'] === true : allConditionsHold(task.changedWhen, variablesWithResult(call, values));
    const failed =
      task.failedWhen.length === 0
        ? error !== undefined
        : allConditionsHold(task.failedWhen, variablesWithResult(call, { ...values, changed }));
    const judged = { ...values, changed, failed };
    if (!failed) return { outcome: changed ? 'changed' : 'ok', values: judged };
    const why =
      error ??
      new SwarmError('SW6012', `failed_when: ${task.failedWhen.map((expr) => expr.source).join(' and ')}`, { at: task.at }).toJSON();
    return { outcome: 'failed', values: { ...judged, msg: why.message }, error: why };
  } catch (thrown) {
    if (isUnknownValueError(thrown)) return unknownResult(thrown.message);
    const wrong = error ?? toErrorJson(thrown); // a failed task may lack the field that a condition reads
    return { outcome: 'failed', values: failedValues(values['changed'] === true, values, wrong), error: wrong };
  }
}

/** The variables of a condition about a result: `result`, and the name in `register`. */
export function variablesWithResult({ task, variables }: TaskCall, result: ResultValues): Vars {
  return { ...variables, result, ...(task.register === undefined ? {} : { [task.register]: result }) };
}

/** What a module attached to its error, for `register`. */
function attachedValues(thrown: unknown): ResultValues {
  const cause = thrown instanceof ModuleError ? thrown.result : thrown instanceof SwarmError ? thrown.cause : undefined;
  if (typeof cause !== 'object' || cause === null || Array.isArray(cause) || cause instanceof Error) return {};
  return cause as ResultValues;
}
