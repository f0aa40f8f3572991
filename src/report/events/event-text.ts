import type { RunEvent } from '../../core/event.ts';
import type { Json } from '../../core/host.ts';
import type { RunState } from '../../core/run-state.ts';
import { type Display, join, linesOf, oneLine, show, width } from '../text/display-text.ts';
import { about, count, counted, size, took } from '../text/format.ts';
import { type Line, piece } from '../text/styled-line.ts';
import { type outcomes, type Sign, signs } from '../text/symbols.ts';
import { diffLines } from './diff-text.ts';
import { failureLines, kindOf } from './failure-text.ts';

/** What the plain stream says about one event: a line with its prefix, or lines without one. */
export type Told =
  | { readonly who: Display; readonly word: Display; readonly sign?: Sign; readonly rest: Line; readonly below?: readonly Line[] }
  | { readonly bare: readonly Line[] };

/** What a line needs to know of the events before it. */
export interface Context {
  readonly verbosity: number;
  /** When the run (or its resumption) started, in ms. */
  readonly origin: number;
  readonly nameWidth: number;
  readonly diff: boolean;
  /** When progress of a host was last told. */
  readonly progress: ReadonlyMap<string, number>;
  /** Tasks that are there to print something. */
  readonly prints: ReadonlySet<string>;
}

/** Before the first event. */
export function fresh(verbosity: number): Context {
  return { verbosity, origin: 0, nameWidth: 7, diff: false, progress: new Map(), prints: new Set() };
}

const QUIET_MS = 30_000;

/** The wording of events, in one place. Quiet (-1) leaves errors. */
export function tell(event: RunEvent, state: RunState, context: Context): { readonly told: readonly Told[]; readonly next: Context } {
  const next = follow(event, context);
  const told = say(event, state, context, next);
  return { told: context.verbosity >= 0 ? told : told.filter((each) => !('bare' in each) && isTrouble(each.sign)), next };
}

const isTrouble = (sign: Sign | undefined): boolean => sign === 'failed' || sign === 'unreachable' || sign === 'refused';

function follow(event: RunEvent, context: Context): Context {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'run.started':
      return {
        ...context,
        origin: at,
        nameWidth: event.hosts.reduce((most, name) => Math.min(24, Math.max(most, width(oneLine(name)))), 7),
        diff: event.diff,
      };
    case 'item.started':
    case 'task.started':
      return event.type === 'task.started' && event.item !== undefined ? context : withProgress(printing(event, context), event.host, at);
    case 'task.progress':
      return isDue(event, context) ? withProgress(context, event.host, at) : context;
    default:
      return context;
  }
}

const printing = (event: RunEvent, context: Context): Context =>
  event.type === 'task.started' && event.module === 'debug' && !context.prints.has(event.task)
    ? { ...context, prints: new Set(context.prints).add(event.task) }
    : context;

const withProgress = (context: Context, host: string, at: number): Context => ({
  ...context,
  progress: new Map(context.progress).set(host, at),
});

const isDue = (event: RunEvent & { readonly host: string }, { progress }: Context): boolean =>
  Date.parse(event.at) - (progress.get(event.host) ?? 0) >= QUIET_MS;

function say(event: RunEvent, state: RunState, before: Context, context: Context): readonly Told[] {
  const { verbosity } = context;
  switch (event.type) {
    case 'run.started':
      return [{ bare: [[piece(headline(event), { bold: true })]] }];
    case 'play.started': {
      const what = event.queue ? show`queue` : counted(event.tasks, 'task');
      return [line('play', 'start', undefined, show`${event.play}  ${what} on ${counted(event.hosts.length, 'host')}`)];
    }
    case 'host.connected': {
      const key = event.fingerprint === undefined ? show`` : show`${shortKey(event.fingerprint)} `;
      const aside = state.hosts[event.host]?.setAside ?? [];
      const others = aside.map(
        ({ route, machine }) => show`${route}: ${machine === undefined ? 'no answer' : `proves ${machine}`}, set aside`,
      );
      return [line(event.host, 'proven', 'ok', show`${key}via ${event.route}${others.length === 0 ? '' : `  (${join(others, '; ')})`}`)];
    }
    case 'route.setAside':
      if (event.status === 'unreachable' && verbosity < 2) return [];
      return [
        line(
          event.host,
          'set aside',
          'aside',
          event.machine === undefined
            ? show`route ${event.route}: ${event.error.message}`
            : show`route ${event.route}: ${event.machine} answers there, no command was sent`,
        ),
      ];
    case 'route.proven':
      return [line(event.host, 'proven', 'ok', show`route ${event.route} leads here again`)];
    case 'guard.passed':
      return verbosity < 1 ? [] : [line(event.host, 'guard', 'ok', show`${event.subject}: ${event.rules.join(', ')}`)];
    case 'host.rebooting':
      return [line(event.host, 'reboot', 'running', show`told to restart`)];
    case 'host.rebooted':
      return [line(event.host, 'back', 'ok', show`the same machine, started anew  ${took(event.ms)}`)];
    case 'host.lost':
      return [line(event.host, 'link lost', 'unknown', show`${event.error.message}`)];
    case 'host.unreachable':
    case 'host.refused': {
      const kind = event.type === 'host.refused' ? 'refused' : 'unreachable';
      return [trouble(event.host, kind, show`${event.error.code}`, failureLines({ host: event.host, ...event.error }, state))];
    }
    case 'run.note':
      return [line('swarm', 'note', undefined, show`${event.text}`)];
    case 'run.failed':
      return [trouble('swarm', kindOf(event.error), show`${event.error.code}`, failureLines(event.error, state))];
    case 'run.finished':
      return [];
    case 'job.started':
      return verbosity < 2 ? [] : [line(event.host, 'job', undefined, show`${event.job} started`)];
    case 'job.attached':
      return [line(event.host, 'attached', 'reattach', show`job ${event.job}, log from byte ${event.offset}`)];
    case 'job.finished':
      return verbosity < 2 ? [] : [line(event.host, 'job', undefined, show`${event.job} exit ${event.exit}, ${size(event.bytes)} of log`)];
    case 'package.published': {
      const what = show`${event.cpv}  ${size(event.size)}  sha256 ${event.sha256.slice(0, 12)}…  index generation ${event.generation}`;
      return [line('binhost', 'published', 'ok', what)];
    }
    case 'queue.planned':
    case 'item.started':
    case 'item.finished':
    case 'item.failed':
    case 'item.skipped':
      return sayItem(event, state, verbosity);
    default:
      return sayTask(event, state, before, context);
  }
}

type ItemEvent = Extract<RunEvent, { readonly type: `item.${string}` | 'queue.planned' }>;

function sayItem(event: ItemEvent, state: RunState, _verbosity: number): readonly Told[] {
  switch (event.type) {
    case 'queue.planned': {
      if (event.items.length === 0)
        return [line('queue', 'planned', 'ok', show`nothing to build: everything that was asked for is published already`)];
      const known = event.items.flatMap(({ estimate }) => (estimate === undefined ? [] : [estimate]));
      const work = known.length === 0 ? '' : `, ${about(known.reduce((sum, each) => sum + each, 0))} of work known for ${known.length}`;
      return [line('queue', 'planned', undefined, show`${counted(event.items.length, 'item')}${work}`)];
    }
    case 'item.started': {
      const estimate = state.items[event.item]?.estimate;
      const again = event.attempt > 1 ? `  try ${event.attempt}` : '';
      return [line(event.host, 'start', 'running', show`${event.item}${again}  ETA ${estimate === undefined ? '?' : about(estimate)}`)];
    }
    case 'item.finished':
      return [line(event.host, 'done', 'ok', show`${event.item}  ${took(event.ms)}`)];
    case 'item.skipped':
      return [line('queue', 'skipped', 'skipped', show`${event.item}  because ${event.because} failed`)];
    case 'item.failed': {
      const what = show`${event.item}  after ${took(event.ms)}, try ${event.attempt}, ${blame(event)}`;
      if (event.final) return [trouble(event.host, kindOf(event.error), what, failureLines({ host: event.host, ...event.error }, state))];
      return [trouble(event.host, 'failed', show`${what}: ${event.error.message}`, [])];
    }
  }
}

/** Who is at fault, and who is not. */
export function blame({ blame, host, final }: { readonly blame: string; readonly host: string; readonly final: boolean }): Display {
  const then = final ? 'no further try' : 'tried again';
  if (blame === 'host') return show`${host} is at fault, ${then}`;
  if (blame === 'unknown') return show`cause unknown, ${then}`;
  return show`the ${blame} is at fault, not ${host}, ${then}`;
}

type TaskEvent = Extract<RunEvent, { readonly type: `task.${string}` }>;

function sayTask(event: TaskEvent, state: RunState, before: Context, { verbosity, diff, prints }: Context): readonly Told[] {
  switch (event.type) {
    case 'task.started':
      return verbosity < 2 ? [] : [line(event.host, 'task', undefined, show`${event.name} (${event.module})`)];
    case 'task.retried':
      return verbosity < 1 ? [] : [line(event.host, 'retry', undefined, show`${event.attempt} of ${event.of}`)];
    case 'task.output':
      return verbosity < 1 && !prints.has(event.task) ? [] : [{ bare: outputLines(event.host, event.lines) }];
    case 'task.progress':
      return isDue(event, before) ? [line(event.host, event.phase, 'running', progress(event, state))] : [];
    case 'task.changed': {
      if (!diff && verbosity < 2) return [];
      const below =
        diff && (event.before !== undefined || event.after !== undefined) ? diffLines(event.subject, event.before, event.after) : [];
      return [{ ...line(event.host, event.verb, 'changed', show`${event.subject}`), below }];
    }
    case 'task.finished':
      return sayFinished(event, state, verbosity);
  }
}

/** `host │ line`, as exec prints it. */
export function outputLines(host: string, lines: readonly string[]): readonly Line[] {
  return lines.flatMap(linesOf).map((text): Line => [piece(show`${host} `), piece(show`│ `, { dim: true }), piece(text)]);
}

function progress(event: Extract<RunEvent, { readonly type: 'task.progress' }>, state: RunState): Display {
  const host = state.hosts[event.host];
  const elapsed = host?.since === undefined ? undefined : Date.parse(event.at) - Date.parse(host.since);
  const estimate = host?.item === undefined ? undefined : state.items[host.item]?.estimate;
  const left = elapsed === undefined || estimate === undefined ? 0 : estimate - elapsed / 1000;
  const parts = [
    ...(elapsed === undefined ? [] : [took(elapsed)]),
    ...(host === undefined || host.lines === 0 ? [] : [counted(host.lines, 'line')]),
    ...(event.total === undefined ? [] : [show`${count(event.done ?? 0)} of ${count(event.total)}`]),
    ...(left > 0 ? [show`${about(left)} left`] : []),
  ];
  const subject = event.subject ?? host?.item;
  return join([...(subject === undefined ? [] : [show`${subject} `]), join(parts, ', ')]);
}

function sayFinished(event: Extract<RunEvent, { readonly type: 'task.finished' }>, state: RunState, verbosity: number): readonly Told[] {
  const { outcome, item } = event;
  const inQueue = item !== undefined;
  const least = outcome === 'skipped' ? 1 : inQueue ? 1 : 0;
  const failed = outcome === 'failed' || outcome === 'unreachable' || outcome === 'refused';
  if (verbosity < least && !(failed && !inQueue)) return [];
  const head = show`${event.name}  ${took(event.ms)}${event.ignored === true ? '  ignored' : ''}`;
  if (failed && event.ignored === true)
    return [line(event.host, 'ignored', 'changed', show`${event.name}: ${event.error?.message ?? 'failed'}`)];
  if (failed && !inQueue) {
    const error = event.error === undefined ? [] : failureLines({ host: event.host, ...event.error }, state);
    return [trouble(event.host, outcome, head, error)];
  }
  const result = verbosity >= 1 && event.result !== undefined ? resultLines(event.result) : [];
  return [{ ...line(event.host, outcome, outcome, head), below: result }];
}

const MOST_RESULT = 40;

function resultLines(result: Json): readonly Line[] {
  const short = JSON.stringify(result);
  const lines = short.length <= 100 ? [oneLine(short)] : linesOf(JSON.stringify(result, null, 2));
  const shown = lines.slice(0, MOST_RESULT).map((text): Line => [piece(text, { dim: true })]);
  return lines.length <= MOST_RESULT ? shown : [...shown, [piece(show`… ${lines.length - MOST_RESULT} more lines`, { dim: true })]];
}

const line = (who: string, word: string, sign: Sign | undefined, rest: Display): Exclude<Told, { readonly bare: unknown }> => ({
  who: show`${who}`,
  word: show`${word}`,
  ...(sign === undefined ? {} : { sign }),
  rest: [piece(rest)],
});

const trouble = (who: string, sign: (typeof outcomes)[number], rest: Display, below: readonly Line[]): Told => ({
  ...line(who, signs[sign].word, sign, rest),
  below,
});

/** `SHA256:pY1…0aQ` */
export function shortKey(fingerprint: string): Display {
  const text = fingerprint.replace(/^SHA256:/, '');
  return text.length <= 10 ? show`SHA256:${text}` : show`SHA256:${text.slice(0, 3)}…${text.slice(-3)}`;
}

function headline(event: Extract<RunEvent, { readonly type: 'run.started' }>): Display {
  const parts = [
    show`run ${event.run}`,
    show`playbook ${event.playbook}`,
    ...argsOf(event.args),
    event.hosts.length <= 8 ? show`hosts ${event.hosts.join(', ')}` : counted(event.hosts.length, 'host'),
    ...(event.check ? [show`check: nothing is changed`] : []),
    ...(event.resumed === true ? [show`resumed`] : []),
  ];
  return join(parts, '  ');
}

/** The values a run was started with, short. */
export function argsOf(args: Json): readonly Display[] {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return [];
  return Object.entries(args as Readonly<Record<string, Json>>).flatMap(([name, value]) => {
    if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return [];
    if (!Array.isArray(value)) return [show`${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`];
    const more = value.length > 4 ? ` +${value.length - 3} more` : '';
    return [
      show`${name} ${value
        .slice(0, more === '' ? 4 : 3)
        .map(text)
        .join(' ')}${more}`,
    ];
  });
}

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
