import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { RunFact } from '../../core/event.ts';
import type { Json, Vars } from '../../core/host.ts';
import type { AnyModule, Change, Notice } from '../../core/module.ts';
import type { Task } from '../../core/playbook-model.ts';
import { render, renderText } from '../../language/template/template.ts';
import { guarded } from '../disruption/disruptive-change.ts';
import { forbiddenWords } from '../disruption/reboot-filter.ts';
import { handsOn, linkOrThrow, type Reach } from '../host/host-api.ts';
import type { Link } from '../host/host-link.ts';
import type { Member, Stage } from '../run-context.ts';
import { applyModule } from './apply-changes.ts';
import { jobId } from './make-job-id.ts';
import type { Frame } from './task-settings.ts';
import { clipText } from './truncate.ts';

/** One module on one host with one set of values: a turn of a loop, one try of a retried task. */
export interface Call {
  readonly stage: Stage;
  readonly member: Member;
  readonly task: Task;
  readonly frame: Frame;
  /** The names in sight. */
  readonly scope: Vars;
  /** What tells this call from others of the same task: the loop's index, the retry. */
  readonly turn: readonly string[];
  /** Was something told that later work relies on? Then it is on the disk before the task counts as finished. */
  readonly promised: { some: boolean };
}

/** What a module gave back, or how it failed. */
export interface Answer {
  readonly changed: boolean;
  readonly out: Json | undefined;
  readonly thrown?: unknown;
}

/** Modules whose own text could reboot a machine past the guards. */
const FREE_TEXT = new Set(['command', 'shell', 'script', 'raw']);
const NOT_COMMANDS = new Set(['chdir', 'creates', 'removes', 'stdin']);

/** Runs it. Never throws but for an interrupt or a journal that cannot be written. */
export async function perform(call: Call): Promise<Answer> {
  const { stage, task, frame, scope } = call;
  const { context } = stage;
  const limit = task.timeoutMs === undefined ? undefined : limitOf(call, task.timeoutMs);
  const signal = limit === undefined ? context.signal : AbortSignal.any([context.signal, limit.signal]);
  let changed = false;
  try {
    const module = await moduleOf(call);
    const args = await argsOf(module, task, scope);
    const link = linkOf(call);
    const become = frame.become === false ? undefined : (frame.become ?? link.host.login.become);
    const reach = reachOf(call, signal);
    const hands = await handsOn(link, become, reach);
    const out = await applyModule(module, args, hands, {
      check: frame.check ?? context.options.check,
      signal,
      found(change) {
        changed = true;
        tellChange(call, change);
      },
      guarded: (change, apply) =>
        guarded(context, { link, become, change, signal, on: onTask(call), waiting: (jobs) => tell(call, draining(jobs)) }, apply),
    });
    return { changed, out };
  } catch (thrown) {
    // a call that ran into its limit may have been told so in other words
    return { changed, out: undefined, thrown: limit?.signal.aborted ? limit.signal.reason : thrown };
  } finally {
    limit?.stop();
  }
}

const draining = (jobs: number): Notice => ({ type: 'task.progress', phase: 'waiting', subject: `${jobs} ${jobs === 1 ? 'job' : 'jobs'}` });

/** A signal that is aborted with SW6002 once the task has taken too long. */
function limitOf({ stage, task }: Call, ms: number): { readonly signal: AbortSignal; stop(): void } {
  const limit = new AbortController();
  const over = new AbortController();
  stage.context.clock.sleep(ms, over.signal).then(
    () => limit.abort(new SwarmError('SW6002', `longer than its limit of ${ms / 1000} s`, { at: task.at })),
    () => {},
  );
  return { signal: limit.signal, stop: () => over.abort() };
}

async function moduleOf({ stage, task }: Call): Promise<AnyModule> {
  const module = await stage.context.modules.load(task.module);
  if (module !== undefined) return module;
  throw new SwarmError('SW1111', `no module is called ${task.module}`, { at: task.at });
}

async function argsOf(module: AnyModule, task: Task, scope: Vars): Promise<unknown> {
  const rendered = render(wordsOf(module, task.args), scope, {
    at: task.at,
    locate: (path) => task.locate(path),
    shell: module.shellArgs ?? [],
  });
  if (FREE_TEXT.has(task.module)) refuseReboot(rendered);
  const parsed = await module.args.safeParseAsync(rendered);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const where = path.length === 0 ? task.module : `${task.module}.${path.join('.')}`;
  throw new SwarmError('SW1112', `${where}: ${issue?.message ?? 'wrong args'}`, {
    at: task.locate(path),
    hint: `swarm modules ${task.module} shows the args`,
  });
}

/** `shell: text` is `shell: { cmd: text }`; nothing is no args. */
function wordsOf({ freeForm }: AnyModule, args: Json): Json {
  if (args === null) return {};
  if (typeof args === 'object' && !Array.isArray(args)) return args;
  return freeForm === undefined ? args : { [freeForm]: args };
}

function refuseReboot(args: Json): void {
  const values = typeof args === 'object' && args !== null && !Array.isArray(args) ? Object.entries(args) : [['cmd', args] as const];
  for (const [key, value] of values) {
    if (NOT_COMMANDS.has(key)) continue;
    const words = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value : [];
    const refused = forbiddenWords(words);
    if (refused !== undefined) throw refused;
  }
}

function linkOf({ stage, member, frame, task, scope }: Call): Link {
  const { context } = stage;
  if (frame.delegateTo === undefined) return linkOrThrow(member.host.name, { link: context.link, hosts: context.inventory.hosts });
  const name = String(render(frame.delegateTo, scope, { at: task.at }));
  return linkOrThrow(name, { link: context.link, hosts: context.inventory.hosts });
}

function reachOf(call: Call, signal: AbortSignal): Reach {
  const { stage, member, task, frame, scope, turn } = call;
  const { context } = stage;
  const { item } = frame;
  const environment = Object.entries(frame.environment).map(
    ([name, text]) => [name, String(render(text, scope, { at: task.at }))] as const,
  );
  const { run } = context.journal;
  return {
    place: context.place,
    jobId:
      item === undefined
        ? jobId(run, task.id, member.host.name, ...turn)
        : jobId(run, item.id, member.host.name, item.attempt, task.id, ...turn),
    signal,
    environment: Object.fromEntries(environment),
    clock: context.clock,
    running: context.running,
    patience: item?.patience ?? { begun: false },
    hosts: context.inventory.hosts,
    render: (text, file) => renderText(text, scope, file),
    tell: (notice) => tell(call, notice),
    durable: () => context.journal.durable(),
    jobsOn: (connection: Connection, jobSignal) => context.jobsOn(connection, jobSignal),
    link: (name) => context.link(name),
  };
}

/** The part of an event that names the task. */
export function onTask({ member, task, frame }: Pick<Call, 'member' | 'task' | 'frame'>): {
  readonly host: string;
  readonly task: string;
  readonly item?: string;
} {
  return { host: member.host.name, task: task.id, ...(frame.item === undefined ? {} : { item: frame.item.id }) };
}

function tell(call: Call, notice: Notice): void {
  if (call.stage.context.signal.aborted) return; // a module that goes on behind an interrupt
  if (call.frame.noLog && notice.type === 'task.output') return;
  if (notice.type === 'package.published' || notice.type === 'job.finished') call.promised.some = true;
  call.stage.context.journal.emit({ ...notice, ...onTask(call) } as RunFact);
}

function tellChange(call: Call, { verb, subject, before, after }: Change): void {
  const { frame, stage } = call;
  const diff = !frame.noLog && (frame.diff ?? stage.context.options.diff);
  stage.context.journal.emit({
    type: 'task.changed',
    ...onTask(call),
    verb,
    subject: frame.noLog ? 'hidden by no_log' : subject,
    ...(diff && before !== undefined ? { before: clipText(before) } : {}),
    ...(diff && after !== undefined ? { after: clipText(after) } : {}),
  });
}
