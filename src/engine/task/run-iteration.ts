import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Outcome } from '../../core/event.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { allConditionsHold, evaluateExpression } from '../../language/expression/evaluate-expression.ts';
import { isUnknownValueError, UNKNOWN_RESULT } from '../../language/expression/unknown-values.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { judgeInCheck } from '../dry-run/judge-in-check.ts';
import { markFactsUnknown } from '../dry-run/mark-unknown.ts';
import { isCheck, type TaskCall, taskEventFields } from '../task-call.ts';
import { renderMilliseconds, renderNumber } from '../variables/render-number.ts';
import { setVariables } from '../variables/set-variables.ts';
import { collectVariables } from '../variables/variables.ts';
import { runModule } from './run-module.ts';
import { judgeCall, type TaskResult, unknownResult, variablesWithResult } from './task-result.ts';

/** The result of a task that does not run. */
export const SKIPPED: TaskResult = { outcome: 'skipped', values: { changed: false, failed: false, skipped: true } };

/** Says that a task starts: with the index of the loop, and what is shown of its value. */
export type StartOfTask = (loop?: number, label?: string) => void;

/** Runs a task once for each value of its loop. Undefined when the run was interrupted. */
export async function runLoop(call: TaskCall, start: StartOfTask): Promise<TaskResult | undefined> {
  const { task, context, signal } = call;
  const loop = loopValues(call);
  if ('ended' in loop) return judgeInCheck(call, loop.ended);
  const results: TaskResult[] = [];
  for (const [index, value] of loop.values.entries()) {
    if (index > 0 && task.loopPauseMs !== undefined && !isCheck(call)) {
      await context.clock.sleep(task.loopPauseMs, signal).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
    const iteration = loopIteration(call, value, index);
    const ran = await runIteration(iteration, () => start(index, renderLabel(iteration)));
    if (ran === undefined) return undefined;
    const result = judgeInCheck(iteration, ran);
    results.push({ ...result, values: result.values === UNKNOWN_RESULT ? UNKNOWN_RESULT : { ...result.values, [task.loopVar]: value } });
    if (result.outcome === 'unreachable' || result.outcome === 'refused') break;
  }
  return mergeResults(results);
}

/** One loop iteration. The loop variable is defined, also inside variables that refer to it. */
function loopIteration(call: TaskCall, value: Json, index: number): TaskCall {
  const { context, hostRun, settings, task } = call;
  const position = task.indexVar === undefined ? {} : { [task.indexVar]: index };
  const variables = collectVariables(context, hostRun, settings, task.at, { [task.loopVar]: value, ...position });
  return { ...call, variables, iteration: [`i${index}`] };
}

/** What is shown of a value of the loop. A wrong template in it does not fail the task. */
function renderLabel({ task, variables, settings }: TaskCall): string | undefined {
  if (task.loopLabel === undefined || settings.noLog) return undefined;
  try {
    const label = renderTemplates(task.loopLabel, variables, { at: task.at });
    return typeof label === 'string' ? label : JSON.stringify(label);
  } catch {
    return task.loopLabel;
  }
}

/** The values of the loop. Where they cannot be computed, the task has `ended`: failed, or skipped by its `when`. */
function loopValues(call: TaskCall): { readonly values: readonly Json[] } | { readonly ended: TaskResult } {
  const { task, settings, variables } = call;
  if (task.loop === undefined) return { values: [] };
  try {
    const values =
      'source' in task.loop ? evaluateExpression(task.loop, variables) : renderTemplates(task.loop as Json, variables, { at: task.at });
    if (Array.isArray(values)) return { values };
    throw new SwarmError('SW6014', 'loop: must be a list', { at: 'source' in task.loop ? task.loop.at : task.at });
  } catch (thrown) {
    try {
      if (!allConditionsHold(settings.when, variables)) return { ended: SKIPPED };
    } catch (unclear) {
      if (isUnknownValueError(unclear)) return { ended: unknownResult(unclear.message) };
      // `when` uses the loop variable, so the error of the loop is the one to report
    }
    return { ended: judgeCall(call, { changed: false, thrown }) };
  }
}

const OUTCOME_RANK: readonly Outcome[] = ['refused', 'unreachable', 'failed', 'unknown', 'changed', 'ok'];

/** The result of a loop: the worst outcome, and `changed` where any iteration changed something. */
function mergeResults(results: readonly TaskResult[]): TaskResult {
  const outcome = OUTCOME_RANK.find((each) => results.some((result) => result.outcome === each)) ?? 'skipped';
  const error = results.find((result) => result.error !== undefined && result.outcome === outcome)?.error;
  const because = results.find((result) => result.because !== undefined)?.because;
  const isUnknown = results.some(({ values }) => values === UNKNOWN_RESULT);
  return {
    outcome,
    ...(outcome === 'unknown' && because !== undefined ? { because } : {}),
    ...(outcome === 'unknown' && results.some(({ failedInCheck }) => failedInCheck) ? { failedInCheck: true } : {}),
    values: isUnknown
      ? UNKNOWN_RESULT
      : {
          changed: results.some(({ values }) => values['changed'] === true),
          failed: results.some(({ values }) => values['failed'] === true),
          skipped: outcome === 'skipped',
          results: results.map(({ values }) => values),
        },
    ...(error === undefined ? {} : { error }),
    ...(results.some(({ sets }) => sets !== undefined) ? { sets: Object.assign({}, ...results.map(({ sets }) => sets)) as Vars } : {}),
  };
}

/** Checks `when`, then runs the module, with retries. Undefined when the run was interrupted. */
export async function runIteration(call: TaskCall, start: () => void = () => {}): Promise<TaskResult | undefined> {
  const { context, task, settings, variables, signal } = call;
  try {
    if (!allConditionsHold(settings.when, variables)) return SKIPPED;
  } catch (thrown) {
    start();
    return judgeCall(call, { changed: false, thrown });
  }
  start();
  let retries = 0;
  let delayMs = 0;
  try {
    retries = renderNumber(task.retries, () => variables, task.at, 'retries');
    delayMs = renderMilliseconds(task.delayMs, variables, task.at, 'delay');
  } catch (thrown) {
    return judgeCall(call, { changed: false, thrown });
  }
  const tries = isCheck(call) ? 1 : retries + 1;
  for (let attempt = 1; ; attempt++) {
    const { done, result } = await runAttempt(attempt === 1 ? call : { ...call, iteration: [...call.iteration, `r${attempt}`] }, attempt);
    if (signal.aborted) return undefined;
    if (done || attempt >= tries) return result;
    context.journal.emit({ type: 'task.retried', ...taskEventFields(call), attempt: attempt + 1, of: tries });
    try {
      await context.clock.sleep(delayMs, signal);
    } catch {
      return undefined;
    }
  }
}

/** Gives the host what `set_fact` and `include_vars` set. */
function setByResult({ task, hostRun }: TaskCall, out: Json | undefined, result: TaskResult): TaskResult {
  if (task.keyword?.sets === undefined || out === undefined || result.outcome === 'failed' || result.outcome === 'unknown') return result;
  const sets = task.keyword.sets(out);
  setVariables(hostRun, sets, task.module);
  return { ...result, sets };
}

/** The module `setup` has asked the host now: later tasks have these facts. */
function renewFacts({ task, hostRun, settings }: TaskCall, out: Json | undefined): void {
  if (task.module !== 'setup' || settings.delegateTo !== undefined || typeof out !== 'object' || out === null) return;
  const { facts: found } = out as { readonly facts?: Vars };
  if (found === undefined) return;
  const facts = markFactsUnknown(found, hostRun.notDone);
  hostRun.facts = { ...(hostRun.facts as Vars), ...facts };
  if (hostRun.gathered !== undefined) hostRun.gathered = { ...hostRun.gathered, facts };
}

/** The result with the number of attempts, for a task that repeats. */
function countAttempts({ task }: TaskCall, result: TaskResult, attempts: number): TaskResult {
  return task.until.length === 0 && task.retries === 0 ? result : { ...result, values: { ...result.values, attempts } };
}

/** One try, from 1 on. `done` means that no other try is needed. */
async function runAttempt(call: TaskCall, attempt: number): Promise<{ readonly done: boolean; readonly result: TaskResult }> {
  const { task, signal } = call;
  const ran = await runModule(call);
  renewFacts(call, ran.out);
  if (signal.aborted) return { done: true, result: SKIPPED };
  const judged = setByResult(call, ran.out, judgeCall(call, ran));
  if (judged.outcome === 'unreachable' || judged.outcome === 'refused') return { done: true, result: judged };
  if (isCheck(call)) return { done: judged.outcome !== 'failed', result: judged };
  const result = countAttempts(call, judged, attempt);
  if (task.until.length === 0) return { done: result.outcome !== 'failed', result };
  try {
    if (allConditionsHold(task.until, variablesWithResult(call, result.values))) return { done: true, result };
  } catch (error) {
    // a task that failed may lack the field that the condition reads: the failure is what counts
    return { done: false, result: result.outcome === 'failed' ? result : judgeCall(call, { ...ran, thrown: error }) };
  }
  const [first] = task.until;
  const source = task.until.map((each) => each.source).join(', ');
  const never = new SwarmError('SW6012', `until: was never true: ${source}`, { at: first?.at, cause: result.values });
  return { done: false, result: countAttempts(call, judgeCall(call, { ...ran, thrown: ran.thrown ?? never }), attempt) };
}
