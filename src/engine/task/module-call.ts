import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { RunEventData } from '../../core/event.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { AnyModule, Change, Notice } from '../../core/module.ts';
import type { Task } from '../../core/playbook-model.ts';
import { renderTemplates, renderTemplateText } from '../../language/template/template.ts';
import { runDisruptiveChange } from '../disruption/disruptive-change.ts';
import { findRebootCommand } from '../disruption/reboot-filter.ts';
import { findHostLink, type HostApiOptions, openHostApi } from '../host/host-api.ts';
import type { HostLink } from '../host/host-link.ts';
import type { HostRun, PlayRun } from '../run-context.ts';
import { applyChanges } from './apply-changes.ts';
import { makeJobId } from './make-job-id.ts';
import type { TaskSettings } from './task-settings.ts';
import { truncateText } from './truncate.ts';

/** One module on one host with one set of values: a turn of a loop, one try of a retried task. */
export interface ModuleCall {
  readonly playRun: PlayRun;
  readonly hostRun: HostRun;
  readonly task: Task;
  readonly settings: TaskSettings;
  /** The names in sight. */
  readonly scope: Vars;
  /** What tells this call from others of the same task: the loop's index, the retry. */
  readonly iteration: readonly string[];
  /** Was something told that later work relies on? Then it is on the disk before the task counts as finished. */
  readonly mustFlush: { some: boolean };
}

/** What a module gave back, or how it failed. */
export interface ModuleResult {
  readonly changed: boolean;
  readonly out: Json | undefined;
  readonly thrown?: unknown;
}

/** Modules whose own text could reboot a machine past the guards. */
const COMMAND_MODULES = new Set(['command', 'shell', 'script', 'raw']);
const NON_COMMAND_ARGS = new Set(['chdir', 'creates', 'removes', 'stdin']);

/** Runs it. Never throws but for an interrupt or a journal that cannot be written. */
export async function runModule(call: ModuleCall): Promise<ModuleResult> {
  const { playRun, task, settings, scope } = call;
  const { context } = playRun;
  const limit = task.timeoutMs === undefined ? undefined : startTimeLimit(call, task.timeoutMs);
  const signal = limit === undefined ? context.signal : AbortSignal.any([context.signal, limit.signal]);
  let changed = false;
  try {
    const module = await loadTaskModule(call);
    const { args, reboot } = await parseTaskArgs(module, task, scope);
    if (reboot !== undefined && !task.disruptive) throw reboot;
    const link = findTargetLink(call);
    const become = settings.become === false ? undefined : (settings.become ?? link.host.login.become);
    const apiOptions = hostApiOptions(call, signal);
    const hostApi = await openHostApi(link, become, apiOptions);
    const out = await applyChanges(module, args, hostApi, {
      check: settings.check ?? context.options.check,
      signal,
      asDisruptive: task.disruptive ? { restarts: reboot !== undefined } : undefined,
      onChange(change) {
        changed = true;
        emitChange(call, change);
      },
      runGuarded: (change, apply) =>
        runDisruptiveChange(
          context,
          { link, become, change, signal, eventFields: taskEventFields(call), onWaiting: (jobs) => emitNotice(call, waitingNotice(jobs)) },
          apply,
        ),
    });
    return { changed, out };
  } catch (thrown) {
    // a call that ran into its limit may have been told so in other words
    return { changed, out: undefined, thrown: limit?.signal.aborted ? limit.signal.reason : thrown };
  } finally {
    limit?.stop();
  }
}

const waitingNotice = (jobs: number): Notice => ({
  type: 'task.progress',
  phase: 'waiting',
  subject: `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`,
});

/** A signal that is aborted with SW6002 once the task has taken too long. */
function startTimeLimit({ playRun, task }: ModuleCall, ms: number): { readonly signal: AbortSignal; stop(): void } {
  const limit = new AbortController();
  const over = new AbortController();
  playRun.context.clock.sleep(ms, over.signal).then(
    () => limit.abort(new SwarmError('SW6002', `the task ran longer than its limit of ${ms / 1000} s`, { at: task.at })),
    () => {},
  );
  return { signal: limit.signal, stop: () => over.abort() };
}

async function loadTaskModule({ playRun, task }: ModuleCall): Promise<AnyModule> {
  const module = await playRun.context.modules.load(task.module);
  if (module !== undefined) return module;
  throw new SwarmError('SW1111', `no module is called ${task.module}`, { at: task.at });
}

/** The arguments of a task, and the error for a command among them that would reboot the machine. */
async function parseTaskArgs(
  module: AnyModule,
  task: Task,
  scope: Vars,
): Promise<{ readonly args: unknown; readonly reboot: SwarmError | undefined }> {
  const rendered = renderTemplates(normalizeArgs(module, task.args), scope, {
    at: task.at,
    locate: (path) => task.locate(path),
    shell: module.shellArgs ?? [],
  });
  const parsed = await module.args.safeParseAsync(rendered);
  if (parsed.success) return { args: parsed.data, reboot: COMMAND_MODULES.has(task.module) ? findReboot(rendered) : undefined };
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const where = path.length === 0 ? task.module : `${task.module}.${path.join('.')}`;
  throw new SwarmError('SW1112', `${where}: ${issue?.message ?? 'wrong args'}`, {
    at: task.locate(path),
    hint: `To see the arguments, run: swarm modules ${task.module}`,
  });
}

/** `shell: text` is `shell: { cmd: text }`; nothing is no args. */
function normalizeArgs({ freeForm }: AnyModule, args: Json): Json {
  if (args === null) return {};
  if (typeof args === 'object' && !Array.isArray(args)) return args;
  return freeForm === undefined ? args : { [freeForm]: args };
}

function findReboot(args: Json): SwarmError | undefined {
  const values = typeof args === 'object' && args !== null && !Array.isArray(args) ? Object.entries(args) : [['cmd', args] as const];
  for (const [key, value] of values) {
    if (NON_COMMAND_ARGS.has(key)) continue;
    const words = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value : [];
    const found = findRebootCommand(words);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findTargetLink({ playRun, hostRun, settings, task, scope }: ModuleCall): HostLink {
  const { context } = playRun;
  if (settings.delegateTo === undefined) return findHostLink(hostRun.host.name, { link: context.link, hosts: context.inventory.hosts });
  const name = String(renderTemplates(settings.delegateTo, scope, { at: task.at }));
  return findHostLink(name, { link: context.link, hosts: context.inventory.hosts });
}

function hostApiOptions(call: ModuleCall, signal: AbortSignal): HostApiOptions {
  const { playRun, hostRun, task, settings, scope, iteration } = call;
  const { context } = playRun;
  const { item } = settings;
  const environment = Object.entries(settings.environment).map(
    ([name, text]) => [name, String(renderTemplates(text, scope, { at: task.at }))] as const,
  );
  const { run } = context.journal;
  return {
    paths: context.paths,
    jobId:
      item === undefined
        ? makeJobId(run, task.id, hostRun.host.name, ...iteration)
        : makeJobId(run, item.id, hostRun.host.name, item.attempt, task.id, ...iteration),
    signal,
    environment: Object.fromEntries(environment),
    clock: context.clock,
    runningJobs: context.runningJobs,
    jobState: item?.jobState ?? { begun: false },
    hosts: context.inventory.hosts,
    render: (text, file) => renderTemplateText(text, scope, file),
    emit: (notice) => emitNotice(call, notice),
    flush: () => context.journal.flush(),
    openJobs: (connection: Connection, jobSignal) => context.openJobs(connection, jobSignal),
    link: (name) => context.link(name),
  };
}

/** The part of an event that names the task. */
export function taskEventFields({ hostRun, task, settings }: Pick<ModuleCall, 'hostRun' | 'task' | 'settings'>): {
  readonly host: string;
  readonly task: string;
  readonly item?: string;
} {
  return { host: hostRun.host.name, task: task.id, ...(settings.item === undefined ? {} : { item: settings.item.id }) };
}

function emitNotice(call: ModuleCall, notice: Notice): void {
  if (call.playRun.context.signal.aborted) return; // a module that goes on behind an interrupt
  if (call.settings.noLog && notice.type === 'task.output') return;
  if (notice.type === 'package.published' || notice.type === 'job.finished') call.mustFlush.some = true;
  call.playRun.context.journal.emit({ ...notice, ...taskEventFields(call) } as RunEventData);
}

function emitChange(call: ModuleCall, { verb, subject, before, after }: Change): void {
  const { settings, playRun } = call;
  const diff = !settings.noLog && (settings.diff ?? playRun.context.options.diff);
  playRun.context.journal.emit({
    type: 'task.changed',
    ...taskEventFields(call),
    verb,
    subject: settings.noLog ? 'hidden by no_log' : subject,
    ...(diff && before !== undefined ? { before: truncateText(before) } : {}),
    ...(diff && after !== undefined ? { after: truncateText(after) } : {}),
  });
}
