import { ModuleError } from '../../core/error/module-error.ts';
import { MAX_SENTENCE, shortenText } from '../../core/error/shorten-text.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json } from '../../core/json-value.ts';
import type { AnyModule, Change } from '../../core/module.ts';
import { withModuleHint } from '../../core/module-checks/secret-in-argv.ts';
import type { Task } from '../../core/playbook/step-model.ts';
import { withMissingProgram, withRightsHint } from '../../remote/session/file-refusal.ts';
import { checkDisruptiveChange, runDisruptiveChange } from '../disruption/index.ts';
import { chooseBecome } from '../host/choose-become.ts';
import { type DetachedLimit, JobStarted, withDetachedExec } from '../host/detached-exec.ts';
import { openHostApi } from '../host/host-api.ts';
import type { UnendedWork } from '../host/open-operations.ts';
import { isCheck, type TaskCall, taskEventFields } from '../task-call.ts';
import { runWithLimit } from '../time-limit.ts';
import { renderMilliseconds } from '../variables/render-number.ts';
import { applyChanges } from './apply-changes.ts';
import { parseTaskArgs } from './module-args.ts';
import { findTargetLink, renderUser, waitForHost } from './target-host.ts';
import { truncateText } from './truncate.ts';

/** What a module returned, or the error that it threw. */
export interface ModuleResult {
  readonly changed: boolean;
  readonly out?: Json | undefined;
  readonly thrown?: unknown;
  /** In a dry run: what is not known before the change is applied. */
  readonly unknown?: Change['unknownInCheck'];
}

/** Runs the module of a call. Throws only when the journal cannot be written. */
export async function runModule(call: TaskCall): Promise<ModuleResult> {
  const { context, task, signal } = call;
  let changed = false;
  let unknown: Change['unknownInCheck'];
  const onChange = (change: Change): void => {
    changed = true;
    if (isCheck(call) && unknown !== 'outcome') unknown = change.unknownInCheck ?? unknown;
    emitChange(call, change);
  };
  let ms: number | undefined;
  let isLate = false;
  const late = (): SwarmError => {
    isLate = true;
    return lateError(call, ms, []);
  };
  try {
    ms = renderLimit(call);
    const run = (limited: AbortSignal): Promise<Json | undefined> => findAndApply({ ...call, signal: limited }, onChange);
    const out = await (ms === undefined ? run(signal) : runWithLimit(context.clock, { signal, ms, late }, run));
    return { changed, out, ...(unknown === undefined ? {} : { unknown }) };
  } catch (thrown) {
    if (thrown instanceof JobStarted) {
      const { job } = thrown;
      context.journal.emit({ type: 'run.note', text: `${task.name ?? task.module} goes on on ${call.hostRun.host.name} as job ${job}` });
      return { changed, out: { job, ansible_job_id: job, started: true, finished: false } };
    }
    if (isLate || signal.aborted) return { changed, thrown: await endOperations(call, isLate ? ms : undefined, thrown) };
    return { changed, thrown: withTaskPlace(thrown, task) };
  }
}

/** Waits until nothing of the call runs on a host any more. After a time limit that includes its jobs; after an interrupt they go on.
 *  Returns the error, with what could not be ended. After an interrupt that becomes a note of the run. */
async function endOperations(call: TaskCall, lateAfterMs: number | undefined, thrown: unknown): Promise<unknown> {
  const { context, operations } = call;
  const processes = await operations.waitForEnds();
  if (!context.signal.aborted) {
    const left = [...processes, ...(await operations.endJobs())];
    return lateAfterMs !== undefined && left.length > 0 ? lateError(call, lateAfterMs, left) : thrown;
  }
  for (const { host, what, fix } of processes)
    context.journal.emit({ type: 'run.note', text: `${what} goes on on ${host}, because it could not be ended; to end it, run: ${fix}` });
  return thrown;
}

/** SW6002, or SW6050 where something goes on. */
function lateError({ task }: TaskCall, ms = 0, left: readonly UnendedWork[]): SwarmError {
  const message = `the task ran longer than its limit of ${ms / 1000} s`;
  const [first] = left;
  if (first === undefined) return new SwarmError('SW6002', message, { at: task.at });
  const goesOn = left.map(({ host, what }) => `${what} on ${host}`).join(', ');
  return new SwarmError('SW6050', `${message} and could not be ended: ${goesOn} goes on`, { at: task.at, hint: `End it: ${first.fix}` });
}

/** A failure of a module, and a wrong file or name, gets the place of the task where its line is not known. */
function withTaskPlace(thrown: unknown, { at, module }: Task): unknown {
  if (thrown instanceof SwarmError && thrown.at === undefined && thrown.code.startsWith('SW1'))
    return withModuleHint(thrown.with({ at }), module);
  if (!(thrown instanceof ModuleError) || thrown.at !== undefined) return thrown;
  const { code, message, hint, detail, result } = thrown;
  return new ModuleError(code, message, { hint, detail, result, at, cause: thrown });
}

/** Connects to the host, and applies what the module finds. Returns the module's result. */
async function findAndApply(call: TaskCall, onChange: (change: Change) => void): Promise<Json | undefined> {
  const { task, settings } = call;
  const isDisruptive = task.disruptive || settings.disruptive;
  const module = await loadTaskModule(call);
  const { args, reboot } = await parseTaskArgs(module, call);
  if (reboot !== undefined && !isDisruptive) throw reboot;
  const link = findTargetLink(call);
  const become = chooseBecome(renderUser(call), link.host.login);
  if (module.waitsForHost !== undefined && !(await waitForHost(call, link, module.waitsForHost(args)))) {
    onChange({ verb: 'run', subject: `wait for ${link.host.name}`, unknownInCheck: 'outcome', apply: async () => {} });
    return undefined;
  }
  const hostApi = await openHostApi(call, link, become);
  const async = renderAsync(call);
  const detached = async === undefined ? hostApi : withDetachedExec(hostApi, async);
  const used = task.keyword === undefined ? detached : { ...hostApi, probe: hostApi.remote }; // a keyword reads jobs too
  const takesUnsureChanges = !isCheck(call) && !isDisruptive && async === undefined && !isChangeUsed(task);
  const applied = applyChanges(module, args, takesUnsureChanges ? { ...used, probe: { ...used.probe, takesUnsureChanges } } : used, {
    check: isCheck(call),
    signal: call.signal,
    asDisruptive: isDisruptive ? { restarts: reboot !== undefined } : undefined,
    onChange,
    runGuarded: (change, apply) => runDisruptiveChange(call, { link, become, change }, apply),
    askGuards: (change) => checkDisruptiveChange(call, { link, become, change }),
  });
  const asRoot = become !== undefined || hostApi.remote.facts.user === 'root';
  return applied.catch((error: unknown) => {
    if (!(error instanceof SwarmError)) throw error;
    const explained = withMissingProgram(error);
    throw asRoot ? explained : withRightsHint(explained);
  });
}

/** Whether handlers or later tasks depend on a change. The journal must have such a change before it is made: after a kill, `resume` knows it
 *  from there. */
const isChangeUsed = ({ notify, register }: Task): boolean => notify.length > 0 || register !== undefined;

/** `async` and `poll` can have templates. */
function renderAsync({ variables, task }: TaskCall): DetachedLimit | undefined {
  if (task.async === undefined) return undefined;
  const limitMs = renderMilliseconds(task.async.limitMs, variables, task.at, 'async');
  const { poll } = task.async;
  const wait = poll === undefined || renderMilliseconds(poll, variables, task.at, 'poll') !== 0;
  return limitMs === 0 ? undefined : { limitMs, wait };
}

/** How long the task may run: `timeout`, or `async` where the task waits for its jobs. */
function renderLimit(call: TaskCall): number | undefined {
  const { timeoutMs, at } = call.task;
  if (timeoutMs !== undefined) return renderMilliseconds(timeoutMs, call.variables, at, 'timeout');
  const async = renderAsync(call);
  return async?.wait === true ? async.limitMs : undefined;
}

async function loadTaskModule({ context, task }: TaskCall): Promise<AnyModule> {
  const module = task.keyword ?? (await context.modules.load(task.module));
  if (module !== undefined) return module;
  throw new SwarmError('SW1111', `no module is called ${task.module}`, { at: task.at });
}

function emitChange(call: TaskCall, { verb, subject, before, after }: Change): void {
  const { settings, context } = call;
  const diff = !settings.noLog && (settings.diff ?? context.options.diff);
  context.journal.emit({
    type: 'task.changed',
    ...taskEventFields(call),
    verb,
    subject: settings.noLog ? 'hidden by no_log' : shortenText(subject, MAX_SENTENCE),
    ...(diff && before !== undefined ? { before: truncateText(before) } : {}),
    ...(diff && after !== undefined ? { after: truncateText(after) } : {}),
  });
}
