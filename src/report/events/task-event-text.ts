import type { RunEvent } from '../../core/event.ts';
import type { Json } from '../../core/json-value.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText, toDisplayLines, toOneLine } from '../text/display-text.ts';
import { formatCount, formatDuration, formatEstimate, formatQuantity } from '../text/format.ts';
import { type StyledLine, styled } from '../text/styled-line.ts';
import { outcomeWord } from '../text/symbols.ts';
import { diffLines } from './diff-text.ts';
import { type EventTextContext, isProgressDue } from './event-context.ts';
import { type EventText, eventLine, failureLine } from './event-line.ts';
import { failureLines } from './failure-text.ts';

type TaskRunEvent = Extract<RunEvent, { readonly type: `task.${string}` }>;

/** The lines of an event about a task. */
export function describeTaskEvent(
  event: TaskRunEvent,
  state: RunState,
  before: EventTextContext,
  { verbosity, diff, printingTasks }: EventTextContext,
): readonly EventText[] {
  switch (event.type) {
    case 'task.started':
      return verbosity < 2 ? [] : [eventLine(event.host, 'task', undefined, describeStart(event))];
    case 'task.retried':
      return verbosity < 1 ? [] : [eventLine(event.host, 'retry', undefined, displayText`${event.attempt} of ${event.of}`)];
    case 'task.output':
      return verbosity < 1 && !printingTasks.has(event.task) ? [] : [{ bare: hostOutputLines(event.host, event.lines) }];
    case 'task.progress':
      return isProgressDue(event, before) ? [eventLine(event.host, event.phase, 'running', describeProgress(event, state))] : [];
    case 'task.changed': {
      const differs = event.before !== undefined || event.after !== undefined; // with --diff, or diff: true on the task
      if (!diff && !differs && verbosity < 2) return [];
      const below = differs ? diffLines(event.subject, event.before, event.after) : [];
      return [{ ...eventLine(event.host, event.verb, 'changed', displayText`${event.subject}`), below }];
    }
    case 'task.finished':
      return describeTaskFinished(event, state, verbosity);
    default:
      event satisfies never;
      return []; // an event of a newer swarm
  }
}

const describeStart = ({ name, module, label }: Extract<RunEvent, { readonly type: 'task.started' }>): DisplayText =>
  label === undefined ? displayText`${name} (${module})` : displayText`${name} (${module}): ${label}`;

/** Output of a host, each line as `host │ line`. */
export function hostOutputLines(host: string, lines: readonly string[]): readonly StyledLine[] {
  return lines
    .flatMap(toDisplayLines)
    .map((text): StyledLine => [styled(displayText`${host} `), styled(displayText`│ `, { dim: true }), styled(text)]);
}

function describeProgress(event: Extract<RunEvent, { readonly type: 'task.progress' }>, state: RunState): DisplayText {
  const host = state.hosts.get(event.host);
  const elapsed = host?.since === undefined ? undefined : Date.parse(event.at) - Date.parse(host.since);
  const estimate = host?.item === undefined ? undefined : state.items.get(host.item)?.estimate;
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
  if (verbosity < least && !(failed && (!inQueue || event.ignored === true))) return [];
  const note = event.because === undefined ? '' : `  ${event.because}`;
  const head = displayText`${event.name}  ${formatDuration(event.ms)}${note}`;
  if (failed && (event.ignored === true || !inQueue)) {
    const below = event.error === undefined ? [] : failureLines({ host: event.host, ...event.error }, state);
    if (event.ignored !== true) return [failureLine(event.host, outcome, head, below)];
    const word = event.rescued === true ? 'rescued' : 'ignored';
    return [{ ...eventLine(event.host, word, 'changed', displayText`${event.name}  ${formatDuration(event.ms)}`), below }];
  }
  const result = verbosity >= 1 && event.result !== undefined ? resultLines(event.result) : [];
  return [{ ...eventLine(event.host, outcomeWord(outcome, state.check), outcome, head), below: result }];
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
