import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Task } from '../../core/playbook/playbook-model.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { createOpenOperations } from '../host/open-operations.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { isCheck, type TaskCall, taskEventFields } from '../task-call.ts';
import { renderFlags } from './render-flags.ts';
import { runIteration, runLoop, type StartOfTask } from './run-iteration.ts';
import { judgeCall, type TaskResult, unknownResult } from './task-result.ts';
import { inheritSettings, type TaskSettings } from './task-settings.ts';
import { truncateJson } from './truncate.ts';
import { setUnknownNames } from './unknown-names.ts';
import { collectVariables, setVariables } from './variables.ts';

/** Runs a task on one host, emits its events and registers its result. Undefined when the run was interrupted. */
export async function runTask(context: RunContext, hostRun: HostRun, task: Task, outer: TaskSettings): Promise<TaskResult | undefined> {
  const { journal, clock, signal } = context;
  const inherited = inheritSettings(outer, task);
  const variables = collectVariables(context, hostRun, inherited, task.at);
  const { settings, wrong } = tryFlags(inherited, variables);
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
  const ran =
    wrong !== undefined
      ? judgeCall(call, { changed: false, thrown: wrong })
      : isCheck(call) && hostRun.doubtful.has(task.id)
        ? unknownResult('whether it is notified is unknown')
        : await runCall(call, start);
  const result = ran === undefined ? undefined : setUnknownNames(call, ran);
  if (!started) start();
  if (result === undefined || signal.aborted) return undefined;
  const { outcome, values, error, because } = result;
  if (task.register !== undefined) setVariables(hostRun, { [task.register]: values });
  if (outcome === 'changed' || outcome === 'unknown') notifyHandlers(call, settings.play.handlers, outcome === 'unknown');
  await flushIfNeeded(context, hostRun);
  journal.emit({
    type: 'task.finished',
    ...taskEventFields(call),
    name,
    outcome,
    ms: Math.round(clock.now() - begin),
    ...(because === undefined ? {} : { because }),
    ...(isAccepted(result, settings) || (outcome === 'failed' && settings.rescued) ? { ignored: true } : {}),
    ...(settings.noLog ? {} : { result: truncateJson(values) }),
    ...(error === undefined ? {} : { error: settings.noLog ? hideError(error) : error }),
  });
  return { ...result, ignored: isAccepted(result, settings) };
}

/** The settings with the values of their templates. Where one is wrong, the task does not run. */
function tryFlags(settings: TaskSettings, variables: Vars): { readonly settings: TaskSettings; readonly wrong?: unknown } {
  try {
    return { settings: renderFlags(settings, variables) };
  } catch (wrong) {
    return { settings, wrong };
  }
}

const runCall = (call: TaskCall, start: StartOfTask): Promise<TaskResult | undefined> =>
  call.task.loop === undefined ? runIteration(call) : runLoop(call, start);

/** True for a failure after which the host goes on as if nothing had been. */
const isAccepted = ({ outcome }: TaskResult, { ignoreErrors, ignoreUnreachable }: TaskSettings): boolean =>
  (outcome === 'failed' && ignoreErrors) || (outcome === 'unreachable' && ignoreUnreachable);

/** Notes the handlers that the task notifies by name, also by a name with a template. `doubtful`: whether it notifies them is unknown. */
function notifyHandlers(call: TaskCall, handlers: readonly Task[], doubtful: boolean): void {
  const { context, hostRun, task, variables } = call;
  const names = task.notify.map((name) => String(doubtful ? name : renderTemplates(name, variables, { at: task.at })));
  const notified = handlers.filter(
    ({ id, name, listen }) =>
      (!hostRun.notified.has(id) || (!doubtful && hostRun.doubtful.has(id))) &&
      [name, ...listen].some((each) => each !== undefined && names.includes(each)),
  );
  if (notified.length === 0) return;
  for (const { id } of notified) {
    hostRun.notified.add(id);
    if (doubtful) hostRun.doubtful.add(id);
    else hostRun.doubtful.delete(id);
  }
  if (doubtful) return;
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
