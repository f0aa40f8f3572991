import { type ErrorJson, SwarmError } from '../../core/error.ts';
import type { Outcome } from '../../core/event.ts';
import type { Json } from '../../core/host.ts';
import type { Task } from '../../core/playbook-model.ts';
import { allConditionsHold, evaluateExpression } from '../../language/expression/expression.ts';
import { renderTemplates } from '../../language/template/template.ts';
import type { HostRun, PlayRun, TaskResult } from '../run-context.ts';
import { type ModuleCall, runModule, taskEventFields } from './module-call.ts';
import { type IterationResult, judgeCall, variablesWithResult } from './task-result.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';
import { truncateJson } from './truncate.ts';
import { collectVariables } from './variables.ts';

/** A task on one host: when, loop, module, retries, its verdict; told as events and registered. Throws only when the run is over. */
export async function runTask(playRun: PlayRun, hostRun: HostRun, task: Task, outer: TaskSettings): Promise<TaskResult> {
  const { context } = playRun;
  const settings = inheritSettings(outer, task);
  const call: ModuleCall = {
    playRun,
    hostRun,
    task,
    settings,
    scope: collectVariables(playRun, hostRun, settings, task.at),
    iteration: [],
    mustFlush: { some: false },
  };
  const name = renderTaskName(call);
  const begin = context.clock.now();
  let started = false;
  const start = (loop?: number): void => {
    started = true;
    const index = loop === undefined ? {} : { loop };
    context.journal.emit({ type: 'task.started', ...taskEventFields(call), name, module: task.module, ...index });
  };
  let turn: IterationResult | undefined;
  if (task.loop === undefined) {
    start();
    turn = await runIteration(call);
  } else {
    turn = await runLoop(call, start);
    if (!started) start();
  }
  if (turn === undefined || context.signal.aborted) return { outcome: 'interrupted', result: null, ignored: false };
  const { outcome, result, error } = turn;
  if (task.register !== undefined) hostRun.registered.set(task.register, result);
  if (outcome === 'changed') notifyHandlers(playRun, hostRun, task);
  const ignored = outcome === 'failed' && (settings.ignoreErrors || settings.rescued);
  if (call.mustFlush.some) await context.journal.flush();
  context.journal.emit({
    type: 'task.finished',
    ...taskEventFields(call),
    name,
    outcome,
    ms: Math.round(context.clock.now() - begin),
    ...(ignored ? { ignored } : {}),
    ...(settings.noLog ? {} : { result: truncateJson(result) }),
    ...(error === undefined ? {} : { error: settings.noLog ? hideError(error) : error }),
  });
  return { outcome, result, ...(error === undefined ? {} : { error }), ignored: outcome === 'failed' && settings.ignoreErrors };
}

function renderTaskName(call: ModuleCall): string {
  const { task } = call;
  try {
    return task.name === undefined ? task.module : String(renderTemplates(task.name, call.scope, { at: task.at }));
  } catch {
    return task.name ?? task.module; // a name is no reason to fail
  }
}

const hideError = ({ code }: ErrorJson): ErrorJson => ({ code, message: 'hidden by no_log' });

function notifyHandlers({ notified }: PlayRun, { host }: HostRun, { notify: names }: Task): void {
  const mine = notified.get(host.name) ?? new Set();
  for (const name of names) mine.add(name);
  notified.set(host.name, mine);
}

/** Undefined when the run was interrupted. */
async function runLoop(call: ModuleCall, start: (loop: number) => void): Promise<IterationResult | undefined> {
  const { task } = call;
  const values = loopValues(call);
  if (!Array.isArray(values)) return values as IterationResult;
  const iterations: IterationResult[] = [];
  for (const [index, value] of values.entries()) {
    const iteration = await runIteration(loopIteration(call, value, index), () => start(index));
    if (iteration === undefined) return undefined;
    iterations.push({ ...iteration, result: { ...iteration.result, [task.loopVar]: value } });
    if (iteration.outcome === 'unreachable' || iteration.outcome === 'refused') break;
  }
  return mergeResults(iterations);
}

/** One turn of a loop: the loop's variable is in sight, of the variables that use it too. */
function loopIteration(call: ModuleCall, value: Json, index: number): ModuleCall {
  const { playRun, hostRun, settings, task } = call;
  return { ...call, scope: collectVariables(playRun, hostRun, settings, task.at, { [task.loopVar]: value }), iteration: [`i${index}`] };
}

/** The values of the loop; or the end of the task, where they cannot be had or are not even wanted. */
function loopValues(call: ModuleCall): readonly Json[] | IterationResult {
  const { task, settings } = call;
  if (task.loop === undefined) return [];
  try {
    const values =
      'source' in task.loop ? evaluateExpression(task.loop, call.scope) : renderTemplates(task.loop as Json, call.scope, { at: task.at });
    if (Array.isArray(values)) return values;
    throw new SwarmError('SW6014', 'loop: must be a list', { at: 'source' in task.loop ? task.loop.at : task.at });
  } catch (thrown) {
    try {
      if (!allConditionsHold(settings.when, call.scope)) return SKIPPED;
    } catch {
      // the condition needs the loop's variable: the loop itself is what is wrong
    }
    return judgeCall(call, false, undefined, thrown);
  }
}

const SKIPPED: IterationResult = { outcome: 'skipped', result: { changed: false, failed: false, skipped: true } };

const OUTCOME_RANK: readonly Outcome[] = ['refused', 'unreachable', 'failed', 'changed', 'ok'];

/** A loop as one result: changed if any turn was, failed if any did. */
function mergeResults(iterations: readonly IterationResult[]): IterationResult {
  const outcome = (OUTCOME_RANK.find((each) => iterations.some((iteration) => iteration.outcome === each)) ??
    'skipped') as IterationResult['outcome'];
  const error = iterations.find((turn) => turn.error !== undefined && turn.outcome === outcome)?.error;
  return {
    outcome,
    result: {
      changed: iterations.some(({ result }) => result['changed'] === true),
      failed: iterations.some(({ result }) => result['failed'] === true),
      skipped: outcome === 'skipped',
      results: iterations.map(({ result }) => result),
    },
    ...(error === undefined ? {} : { error }),
  };
}

/** Asks `when`, then tries as often as the task says. Undefined when the run was interrupted. */
async function runIteration(call: ModuleCall, start: () => void = () => {}): Promise<IterationResult | undefined> {
  const { playRun, task, settings } = call;
  const { context } = playRun;
  try {
    if (!allConditionsHold(settings.when, call.scope)) return SKIPPED;
  } catch (thrown) {
    start();
    return judgeCall(call, false, undefined, thrown);
  }
  start();
  const check = settings.check ?? context.options.check;
  const tries = check ? 1 : task.retries + 1;
  for (let attempt = 1; ; attempt++) {
    const iteration = await runAttempt(attempt === 1 ? call : { ...call, iteration: [...call.iteration, `r${attempt}`] }, check);
    if (context.signal.aborted) return undefined;
    if (iteration.done || attempt >= tries) return iteration.end;
    context.journal.emit({ type: 'task.retried', ...taskEventFields(call), attempt: attempt + 1, of: tries });
    try {
      await context.clock.sleep(task.delayMs, context.signal);
    } catch {
      return undefined;
    }
  }
}

async function runAttempt(call: ModuleCall, check: boolean): Promise<{ readonly done: boolean; readonly end: IterationResult }> {
  const { playRun, task } = call;
  const { changed, out, thrown } = await runModule(call);
  if (playRun.context.signal.aborted) return { done: true, end: SKIPPED };
  const end = judgeCall(call, changed, out, thrown);
  if (end.outcome === 'unreachable' || end.outcome === 'refused') return { done: true, end };
  if (task.until === undefined || check) return { done: end.outcome !== 'failed', end };
  try {
    if (allConditionsHold([task.until], variablesWithResult(call, end.result))) return { done: true, end };
  } catch (error) {
    return { done: false, end: judgeCall(call, changed, out, error) };
  }
  const never = new SwarmError('SW6012', `until: was never true: ${task.until.source}`, { at: task.until.at, cause: end.result });
  return { done: false, end: judgeCall(call, changed, out, thrown ?? never) };
}
