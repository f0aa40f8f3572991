import type { RunEvent } from '../../core/event.ts';
import type { Json } from '../../core/host.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText, textWidth, toDisplayLines, toOneLine } from '../text/display-text.ts';
import { formatCount, formatDuration, formatEstimate, formatQuantity, formatSize } from '../text/format.ts';
import { type StyledLine, styled } from '../text/styled-line.ts';
import { type DisplayStatus, type outcomeOrder, statusSymbols } from '../text/symbols.ts';
import { diffLines } from './diff-text.ts';
import { failureLines, failureStatus } from './failure-text.ts';

/** What the plain stream says about one event: a line with its prefix, or lines without one. */
export type EventText =
  | {
      readonly who: DisplayText;
      readonly word: DisplayText;
      readonly sign?: DisplayStatus;
      readonly rest: StyledLine;
      readonly below?: readonly StyledLine[];
    }
  | { readonly bare: readonly StyledLine[] };

/** What a line needs to know of the events before it. */
export interface EventTextContext {
  readonly verbosity: number;
  /** When the run (or its resumption) started, in ms. */
  readonly startMs: number;
  readonly nameWidth: number;
  readonly diff: boolean;
  /** When progress of a host was last told. */
  readonly lastProgress: ReadonlyMap<string, number>;
  /** Tasks that are there to print something. */
  readonly printingTasks: ReadonlySet<string>;
}

/** Before the first event. */
export function initialEventTextContext(verbosity: number): EventTextContext {
  return { verbosity, startMs: 0, nameWidth: 7, diff: false, lastProgress: new Map(), printingTasks: new Set() };
}

const PROGRESS_INTERVAL_MS = 30_000;

/** The wording of events, in one place. Quiet (-1) leaves errors. */
export function describeEvent(
  event: RunEvent,
  state: RunState,
  context: EventTextContext,
): { readonly told: readonly EventText[]; readonly next: EventTextContext } {
  const next = advanceContext(event, context);
  const told = describeRunEvent(event, state, context, next);
  return { told: context.verbosity >= 0 ? told : told.filter((each) => !('bare' in each) && isFailureStatus(each.sign)), next };
}

const isFailureStatus = (sign: DisplayStatus | undefined): boolean => sign === 'failed' || sign === 'unreachable' || sign === 'refused';

function advanceContext(event: RunEvent, context: EventTextContext): EventTextContext {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'run.started':
      return {
        ...context,
        startMs: at,
        nameWidth: event.hosts.reduce((most, name) => Math.min(24, Math.max(most, textWidth(toOneLine(name)))), 7),
        diff: event.diff,
      };
    case 'item.started':
    case 'task.started':
      return event.type === 'task.started' && event.item !== undefined
        ? context
        : withProgress(withPrintingTask(event, context), event.host, at);
    case 'task.progress':
      return isProgressDue(event, context) ? withProgress(context, event.host, at) : context;
    default:
      return context;
  }
}

const withPrintingTask = (event: RunEvent, context: EventTextContext): EventTextContext =>
  event.type === 'task.started' && event.module === 'debug' && !context.printingTasks.has(event.task)
    ? { ...context, printingTasks: new Set(context.printingTasks).add(event.task) }
    : context;

const withProgress = (context: EventTextContext, host: string, at: number): EventTextContext => ({
  ...context,
  lastProgress: new Map(context.lastProgress).set(host, at),
});

const isProgressDue = (event: RunEvent & { readonly host: string }, { lastProgress: progress }: EventTextContext): boolean =>
  Date.parse(event.at) - (progress.get(event.host) ?? 0) >= PROGRESS_INTERVAL_MS;

function describeRunEvent(event: RunEvent, state: RunState, before: EventTextContext, context: EventTextContext): readonly EventText[] {
  const { verbosity } = context;
  switch (event.type) {
    case 'run.started':
      return [{ bare: [[styled(runHeadline(event), { bold: true })]] }];
    case 'play.started': {
      const what = event.queue ? displayText`queue` : formatQuantity(event.tasks, 'task');
      return [eventLine('play', 'start', undefined, displayText`${event.play}  ${what} on ${formatQuantity(event.hosts.length, 'host')}`)];
    }
    case 'host.connected': {
      const key = event.fingerprint === undefined ? displayText`` : displayText`${shortenFingerprint(event.fingerprint)} `;
      const aside = state.hosts[event.host]?.setAside ?? [];
      const others = aside.map(
        ({ route, machine }) => displayText`${route}: ${machine === undefined ? 'no answer' : `proves ${machine}`}, set aside`,
      );
      return [
        eventLine(
          event.host,
          'proven',
          'ok',
          displayText`${key}via ${event.route}${others.length === 0 ? '' : `  (${joinText(others, '; ')})`}`,
        ),
      ];
    }
    case 'route.setAside':
      if (event.status === 'unreachable' && verbosity < 2) return [];
      return [
        eventLine(
          event.host,
          'set aside',
          'aside',
          event.machine === undefined
            ? displayText`route ${event.route}: ${event.error.message}`
            : displayText`route ${event.route}: ${event.machine} answers there, no command was sent`,
        ),
      ];
    case 'route.proven':
      return [eventLine(event.host, 'proven', 'ok', displayText`route ${event.route} leads here again`)];
    case 'guard.passed':
      return verbosity < 1 ? [] : [eventLine(event.host, 'guard', 'ok', displayText`${event.subject}: ${event.rules.join(', ')}`)];
    case 'host.rebooting':
      return [eventLine(event.host, 'reboot', 'running', displayText`told to restart`)];
    case 'host.rebooted':
      return [eventLine(event.host, 'back', 'ok', displayText`the same machine, started anew  ${formatDuration(event.ms)}`)];
    case 'host.lost':
      return [eventLine(event.host, 'link lost', 'unknown', displayText`${event.error.message}`)];
    case 'host.unreachable':
    case 'host.refused': {
      const kind = event.type === 'host.refused' ? 'refused' : 'unreachable';
      return [failureLine(event.host, kind, displayText`${event.error.code}`, failureLines({ host: event.host, ...event.error }, state))];
    }
    case 'run.note':
      return [eventLine('swarm', 'note', undefined, displayText`${event.text}`)];
    case 'run.failed':
      return [failureLine('swarm', failureStatus(event.error), displayText`${event.error.code}`, failureLines(event.error, state))];
    case 'run.finished':
      return [];
    case 'job.started':
      return verbosity < 2 ? [] : [eventLine(event.host, 'job', undefined, displayText`${event.job} started`)];
    case 'job.attached':
      return [eventLine(event.host, 'attached', 'reattach', displayText`job ${event.job}, log from byte ${event.offset}`)];
    case 'job.finished':
      return verbosity < 2
        ? []
        : [eventLine(event.host, 'job', undefined, displayText`${event.job} exit ${event.exit}, ${formatSize(event.bytes)} of log`)];
    case 'package.published': {
      const what = displayText`${event.cpv}  ${formatSize(event.size)}  sha256 ${event.sha256.slice(0, 12)}…  index generation ${event.generation}`;
      return [eventLine('binhost', 'published', 'ok', what)];
    }
    case 'queue.planned':
    case 'item.started':
    case 'item.finished':
    case 'item.failed':
    case 'item.skipped':
      return describeItemEvent(event, state, verbosity);
    default:
      return describeTaskEvent(event, state, before, context);
  }
}

type ItemRunEvent = Extract<RunEvent, { readonly type: `item.${string}` | 'queue.planned' }>;

function describeItemEvent(event: ItemRunEvent, state: RunState, _verbosity: number): readonly EventText[] {
  switch (event.type) {
    case 'queue.planned': {
      if (event.items.length === 0)
        return [eventLine('queue', 'planned', 'ok', displayText`nothing to build: everything that was asked for is published already`)];
      const known = event.items.flatMap(({ estimate }) => (estimate === undefined ? [] : [estimate]));
      const work =
        known.length === 0 ? '' : `, ${formatEstimate(known.reduce((sum, each) => sum + each, 0))} of work known for ${known.length}`;
      return [eventLine('queue', 'planned', undefined, displayText`${formatQuantity(event.items.length, 'item')}${work}`)];
    }
    case 'item.started': {
      const estimate = state.items[event.item]?.estimate;
      const again = event.attempt > 1 ? `  try ${event.attempt}` : '';
      return [
        eventLine(
          event.host,
          'start',
          'running',
          displayText`${event.item}${again}  ETA ${estimate === undefined ? '?' : formatEstimate(estimate)}`,
        ),
      ];
    }
    case 'item.finished':
      return [eventLine(event.host, 'done', 'ok', displayText`${event.item}  ${formatDuration(event.ms)}`)];
    case 'item.skipped':
      return [eventLine('queue', 'skipped', 'skipped', displayText`${event.item}  because ${event.because} failed`)];
    case 'item.failed': {
      const what = displayText`${event.item}  after ${formatDuration(event.ms)}, try ${event.attempt}, ${describeCause(event)}`;
      if (event.final)
        return [failureLine(event.host, failureStatus(event.error), what, failureLines({ host: event.host, ...event.error }, state))];
      return [failureLine(event.host, 'failed', displayText`${what}: ${event.error.message}`, [])];
    }
  }
}

/** Who is at fault, and who is not. */
export function describeCause({
  blame,
  host,
  final,
}: {
  readonly blame: string;
  readonly host: string;
  readonly final: boolean;
}): DisplayText {
  const nextStep = final ? 'no further try' : 'tried again';
  if (blame === 'host') return displayText`${host} is at fault, ${nextStep}`;
  if (blame === 'unknown') return displayText`cause unknown, ${nextStep}`;
  return displayText`the ${blame} is at fault, not ${host}, ${nextStep}`;
}

type TaskRunEvent = Extract<RunEvent, { readonly type: `task.${string}` }>;

function describeTaskEvent(
  event: TaskRunEvent,
  state: RunState,
  before: EventTextContext,
  { verbosity, diff, printingTasks: prints }: EventTextContext,
): readonly EventText[] {
  switch (event.type) {
    case 'task.started':
      return verbosity < 2 ? [] : [eventLine(event.host, 'task', undefined, displayText`${event.name} (${event.module})`)];
    case 'task.retried':
      return verbosity < 1 ? [] : [eventLine(event.host, 'retry', undefined, displayText`${event.attempt} of ${event.of}`)];
    case 'task.output':
      return verbosity < 1 && !prints.has(event.task) ? [] : [{ bare: hostOutputLines(event.host, event.lines) }];
    case 'task.progress':
      return isProgressDue(event, before) ? [eventLine(event.host, event.phase, 'running', describeProgress(event, state))] : [];
    case 'task.changed': {
      if (!diff && verbosity < 2) return [];
      const below =
        diff && (event.before !== undefined || event.after !== undefined) ? diffLines(event.subject, event.before, event.after) : [];
      return [{ ...eventLine(event.host, event.verb, 'changed', displayText`${event.subject}`), below }];
    }
    case 'task.finished':
      return describeTaskFinished(event, state, verbosity);
  }
}

/** `host │ line`, as exec prints it. */
export function hostOutputLines(host: string, lines: readonly string[]): readonly StyledLine[] {
  return lines
    .flatMap(toDisplayLines)
    .map((text): StyledLine => [styled(displayText`${host} `), styled(displayText`│ `, { dim: true }), styled(text)]);
}

function describeProgress(event: Extract<RunEvent, { readonly type: 'task.progress' }>, state: RunState): DisplayText {
  const host = state.hosts[event.host];
  const elapsed = host?.since === undefined ? undefined : Date.parse(event.at) - Date.parse(host.since);
  const estimate = host?.item === undefined ? undefined : state.items[host.item]?.estimate;
  const left = elapsed === undefined || estimate === undefined ? 0 : estimate - elapsed / 1000;
  const parts = [
    ...(elapsed === undefined ? [] : [formatDuration(elapsed)]),
    ...(host === undefined || host.lines === 0 ? [] : [formatQuantity(host.lines, 'line')]),
    ...(event.total === undefined ? [] : [displayText`${formatCount(event.done ?? 0)} of ${formatCount(event.total)}`]),
    ...(left > 0 ? [displayText`${formatEstimate(left)} left`] : []),
  ];
  const subject = event.subject ?? host?.item;
  return joinText([...(subject === undefined ? [] : [displayText`${subject} `]), joinText(parts, ', ')]);
}

function describeTaskFinished(
  event: Extract<RunEvent, { readonly type: 'task.finished' }>,
  state: RunState,
  verbosity: number,
): readonly EventText[] {
  const { outcome, item } = event;
  const inQueue = item !== undefined;
  const least = outcome === 'skipped' ? 1 : inQueue ? 1 : 0;
  const failed = outcome === 'failed' || outcome === 'unreachable' || outcome === 'refused';
  if (verbosity < least && !(failed && !inQueue)) return [];
  const head = displayText`${event.name}  ${formatDuration(event.ms)}${event.ignored === true ? '  ignored' : ''}`;
  if (failed && event.ignored === true)
    return [eventLine(event.host, 'ignored', 'changed', displayText`${event.name}: ${event.error?.message ?? 'failed'}`)];
  if (failed && !inQueue) {
    const error = event.error === undefined ? [] : failureLines({ host: event.host, ...event.error }, state);
    return [failureLine(event.host, outcome, head, error)];
  }
  const result = verbosity >= 1 && event.result !== undefined ? resultLines(event.result) : [];
  return [{ ...eventLine(event.host, outcome, outcome, head), below: result }];
}

const MAX_RESULT_LINES = 40;

function resultLines(result: Json): readonly StyledLine[] {
  const short = JSON.stringify(result);
  const lines = short.length <= 100 ? [toOneLine(short)] : toDisplayLines(JSON.stringify(result, null, 2));
  const shown = lines.slice(0, MAX_RESULT_LINES).map((text): StyledLine => [styled(text, { dim: true })]);
  return lines.length <= MAX_RESULT_LINES
    ? shown
    : [...shown, [styled(displayText`… ${lines.length - MAX_RESULT_LINES} more lines`, { dim: true })]];
}

const eventLine = (
  who: string,
  word: string,
  sign: DisplayStatus | undefined,
  rest: DisplayText,
): Exclude<EventText, { readonly bare: unknown }> => ({
  who: displayText`${who}`,
  word: displayText`${word}`,
  ...(sign === undefined ? {} : { sign }),
  rest: [styled(rest)],
});

const failureLine = (who: string, sign: (typeof outcomeOrder)[number], rest: DisplayText, below: readonly StyledLine[]): EventText => ({
  ...eventLine(who, statusSymbols[sign].word, sign, rest),
  below,
});

/** `SHA256:pY1…0aQ` */
export function shortenFingerprint(fingerprint: string): DisplayText {
  const text = fingerprint.replace(/^SHA256:/, '');
  return text.length <= 10 ? displayText`SHA256:${text}` : displayText`SHA256:${text.slice(0, 3)}…${text.slice(-3)}`;
}

function runHeadline(event: Extract<RunEvent, { readonly type: 'run.started' }>): DisplayText {
  const parts = [
    displayText`run ${event.run}`,
    displayText`playbook ${event.playbook}`,
    ...describeRunArgs(event.args),
    event.hosts.length <= 8 ? displayText`hosts ${event.hosts.join(', ')}` : formatQuantity(event.hosts.length, 'host'),
    ...(event.check ? [displayText`check: nothing is changed`] : []),
    ...(event.resumed === true ? [displayText`resumed`] : []),
  ];
  return joinText(parts, '  ');
}

/** The values a run was started with, short. */
export function describeRunArgs(args: Json): readonly DisplayText[] {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return [];
  return Object.entries(args as Readonly<Record<string, Json>>).flatMap(([name, value]) => {
    if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return [];
    if (!Array.isArray(value)) return [displayText`${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`];
    const more = value.length > 4 ? ` +${value.length - 3} more` : '';
    return [
      displayText`${name} ${value
        .slice(0, more === '' ? 4 : 3)
        .map(formatArg)
        .join(' ')}${more}`,
    ];
  });
}

const formatArg = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
