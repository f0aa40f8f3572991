import type { ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import type { Span } from '../../core/span.ts';
import { handlerNames, unknownHandlerError } from '../../language/playbook/steps/unknown-handler.ts';
import { hasTemplate, renderTemplates } from '../../language/template/template.ts';
import { judgeInCheck } from '../dry-run/judge-in-check.ts';
import { markMissingUnknown } from '../dry-run/mark-unknown.ts';
import { createOpenOperations } from '../host/open-operations.ts';
import { blockedHostError } from '../host-block.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { isCheck, type TaskCall, taskEventFields } from '../task-call.ts';
import { renderNumber } from '../variables/render-number.ts';
import { setVariables } from '../variables/set-variables.ts';
import { collectVariables } from '../variables/variables.ts';
import { isAccepted, passedFields } from './passed-failure.ts';
import { renderFlags } from './render-flags.ts';
import { runIteration, runLoop, SKIPPED, type StartOfTask } from './run-iteration.ts';
import { judgeCall, type TaskResult, unknownResult } from './task-result.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';
import { truncateJson } from './truncate.ts';
import { setUnknownNames } from './unknown-names.ts';

/** Runs a task on one host, emits its events and registers its result. Undefined when the run was interrupted. */
export async function runTask(context: RunContext, hostRun: HostRun, task: Task, outer: TaskSettings): Promise<TaskResult | undefined> {
  const { journal, clock, signal } = context;
  const inherited = inheritSettings(outer, task);
  const variables = collectVariables(context, hostRun, inherited, task.at);
  const { settings, wrong = findBlock(context, hostRun) } = tryFlags(inherited, variables, task.at);
  const call: TaskCall = { context, hostRun, task, settings, variables, iteration: [], operations: createOpenOperations(), signal };
  const name = renderTaskName(call);
  const begin = clock.now();
  let started = false;
  const start: StartOfTask = (loop, label) => {
    started = true;
    const index = loop === undefined ? {} : { loop };
    const shown = label === undefined ? {} : { label };
    journal.emit({ type: 'task.started', ...taskEventFields(call), name, module: task.module, ...index, ...shown });
  };
  if (task.loop === undefined) start();
  const ran = wrong === undefined ? await runCall(call, start) : judgeCall(call, { changed: false, thrown: wrong });
  const { result, handlers } = ran === undefined ? {} : chooseHandlers(call, setUnknownNames(call, ran), settings.play.handlers);
  if (!started) start();
  if (result === undefined || signal.aborted) return undefined;
  const { outcome, values, error, because, failedInCheck } = result;
  if (task.register !== undefined) setVariables(hostRun, { [task.register]: markMissingUnknown(task.module, values, hostRun.notDone) });
  notifyHandlers(call, handlers, outcome === 'unknown');
  await flushIfNeeded(context, hostRun);
  journal.emit({
    type: 'task.finished',
    ...taskEventFields(call),
    name,
    outcome,
    ms: Math.round(clock.now() - begin),
    ...(because === undefined ? {} : { because }),
    ...(failedInCheck === true ? { failedInCheck } : {}),
    ...passedFields({ outcome, settings }),
    ...(settings.noLog ? {} : { result: truncateJson(values) }),
    ...(error === undefined ? {} : { error: settings.noLog ? hideError(error) : error }),
  });
  return { ...result, name, ignored: isAccepted({ outcome, settings }) };
}

/** Why a host that somebody blocks during the run gets no further task. An item of a queue is finished. */
function findBlock({ hosts }: RunContext, { host, item }: HostRun): SwarmError | undefined {
  const blocked = item === undefined ? hosts.absent.findBlocked(host.name) : undefined;
  return blocked === undefined ? undefined : blockedHostError(blocked);
}

/** The settings with the values of their templates. Where one is wrong, the task does not run. */
function tryFlags(settings: TaskSettings, variables: Vars, at: Span): { readonly settings: TaskSettings; readonly wrong?: unknown } {
  try {
    if (settings.throttle !== undefined) renderNumber(settings.throttle, () => variables, at, 'throttle');
    return { settings: renderFlags(settings, variables) };
  } catch (wrong) {
    return { settings, wrong };
  }
}

async function runCall(call: TaskCall, start: StartOfTask): Promise<TaskResult | undefined> {
  const { settings, hostRun, task } = call;
  if (settings.declined) return SKIPPED;
  if (isCheck(call) && hostRun.notifiedUnknown.has(task.id)) return judgeInCheck(call, unknownResult('whether it is notified is unknown'));
  if (task.loop !== undefined) return runLoop(call, start);
  const result = await runIteration(call);
  return result === undefined ? undefined : judgeInCheck(call, result);
}

/** The handlers that the result notifies by name, also by a template of a name or of a list of them. A name that no handler has fails
 *  the task. */
function chooseHandlers(
  call: TaskCall,
  result: TaskResult,
  handlers: readonly Task[],
): { readonly result: TaskResult; readonly handlers: readonly Task[] } {
  const { task, variables } = call;
  const { outcome } = result;
  const isHalfDone = call.hostRun.halfDone.delete(task.id) && outcome === 'ok'; // an earlier process of the run made the change
  if (task.notify.length === 0 || (outcome !== 'changed' && outcome !== 'unknown' && !isHalfDone)) return { result, handlers: [] };
  const hasName = (handler: Task, wanted: string): boolean => handlerNames(handler).includes(wanted);
  try {
    const fixed = task.notify.filter((name) => !hasTemplate(name));
    const templates = outcome === 'unknown' ? [] : task.notify.filter(hasTemplate);
    const rendered = templates.flatMap((name) => [renderTemplates(name, variables, { at: task.at })].flat().map(String));
    const missing = rendered.find((name) => !handlers.some((handler) => hasName(handler, name)));
    if (missing !== undefined) throw unknownHandlerError(missing, handlers, task.at);
    return { result, handlers: handlers.filter((handler) => [...fixed, ...rendered].some((name) => hasName(handler, name))) };
  } catch (thrown) {
    return { result: judgeCall(call, { changed: outcome === 'changed', thrown }), handlers: [] };
  }
}

/** Notes the handlers that a task notifies. `isUnknown`: whether it notifies them is unknown. */
function notifyHandlers(call: TaskCall, handlers: readonly Task[] = [], isUnknown: boolean): void {
  const { context, hostRun } = call;
  const notified = handlers.filter(({ id }) => !hostRun.notified.has(id) || (!isUnknown && hostRun.notifiedUnknown.has(id)));
  if (notified.length === 0) return;
  for (const { id } of notified) {
    hostRun.notified.add(id);
    if (isUnknown) hostRun.notifiedUnknown.add(id);
    else hostRun.notifiedUnknown.delete(id);
  }
  if (isUnknown) return;
  context.journal.emit({
    type: 'handlers.notified',
    ...taskEventFields(call),
    handlers: notified.map((handler) => ({ id: handler.id, name: handler.name ?? handler.module })),
  });
}

function renderTaskName({ task, variables }: TaskCall): string {
  try {
    return task.name === undefined ? task.module : String(renderTemplates(task.name, variables, { at: task.at }));
  } catch {
    return task.name ?? task.module; // a wrong template in a name does not fail the task
  }
}

async function flushIfNeeded({ journal }: RunContext, hostRun: HostRun): Promise<void> {
  if (!hostRun.needsFlush) return;
  hostRun.needsFlush = false;
  await journal.flush();
}

const hideError = ({ code }: ErrorJson): ErrorJson => ({ code, message: 'hidden by no_log' });
