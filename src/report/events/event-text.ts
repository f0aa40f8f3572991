import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { type DisplayText, displayText, joinText } from '../text/display-text.ts';
import { formatQuantity, formatSize } from '../text/format.ts';
import { styled } from '../text/styled-line.ts';
import type { DisplayStatus } from '../text/symbols.ts';
import { advanceContext, type EventTextContext } from './event-context.ts';
import { type EventText, eventLine, failureLine, hintLine } from './event-line.ts';
import { failureGroupLines, failureLines, failureStatus } from './failure-text.ts';
import { describeFoundTree } from './found-tree-text.ts';
import { describeHealEvent, isHealEvent } from './heal-event-text.ts';
import { describeHostEvent, isHostEvent } from './host-event-text.ts';
import { describeItemEvent } from './item-event-text.ts';
import { describeRunArgs } from './run-args-text.ts';
import type { FailureGroup } from './same-failures.ts';
import { describeTaskEvent } from './task-event-text.ts';

/** The lines of an event, and the context for the next one. */
export interface EventTextResult {
  readonly texts: readonly EventText[];
  readonly context: EventTextContext;
}

/** What the plain output prints about an event. With verbosity -1 only failures. */
export function describeEvent(event: RunEvent, state: RunState, before: EventTextContext): EventTextResult {
  const context = advanceContext(event, before);
  const texts = describeRunEvent(event, state, before, context);
  return { texts: context.verbosity >= 0 ? texts : texts.filter((text) => !('bare' in text) && isFailureStatus(text.sign)), context };
}

/** The same failure on several hosts, as one line with the failure below it. `task`: the name of the task that failed. */
export function describeFailureGroup(failures: FailureGroup, state: RunState, columns: number, task?: string): EventText {
  const { error, members } = failures;
  const hosts = formatQuantity(members.length, 'host');
  return failureLine(hosts, failureStatus(error), displayText`${task ?? error.code}`, failureGroupLines(failures, state, columns));
}

const isFailureStatus = (sign: DisplayStatus | undefined): boolean => sign === 'failed' || sign === 'unreachable' || sign === 'refused';

function describeRunEvent(event: RunEvent, state: RunState, before: EventTextContext, context: EventTextContext): readonly EventText[] {
  const { verbosity } = context;
  switch (event.type) {
    case 'run.started':
      return [{ bare: [[styled(runHeadline(event), { bold: true })]] }];
    case 'play.started': {
      const what = event.queue ? displayText`queue` : formatQuantity(event.tasks, 'task');
      return [eventLine('play', 'start', undefined, displayText`${event.play}  ${what} on ${formatQuantity(event.hosts.length, 'host')}`)];
    }
    case 'run.note':
      return [hintLine('swarm', 'note', undefined, displayText`${event.text}`)];
    case 'run.message':
      return [eventLine('swarm', 'message', undefined, displayText`${event.title === undefined ? '' : `${event.title}: `}${event.text}`)];
    case 'run.failed':
      return [failureLine('swarm', failureStatus(event.error), displayText`${event.error.code}`, failureLines(event.error, state))];
    case 'run.finished':
      return [];
    case 'package.published': {
      const what = displayText`${event.cpv}  ${formatSize(event.size)}  sha256 ${event.sha256.slice(0, 12)}…  index generation ${event.generation}`;
      return [eventLine('binhost', 'published', 'ok', what)];
    }
    case 'client.failed':
      return [
        failureLine(
          event.client,
          failureStatus(event.error),
          displayText`${event.error.code}`,
          failureLines({ host: event.client, ...event.error }, state),
        ),
      ];
    case 'package.held':
      return [eventLine('binhost', 'held', 'aside', displayText`${event.cpv}  needs ${event.needs.join(', ')}`)];
    case 'target.examined':
      return event.unfit.map(({ drone, because, fix }) =>
        eventLine(drone, 'unfit', 'unknown', displayText`gets nothing of target ${event.target}: ${because}. ${fix}`),
      );
    case 'tree.found':
      return state.check || verbosity > 0 || event.changedThere.length > 0 ? [describeFoundTree(event)] : [];
    case 'client.examined': // the task prints it as a summary
    case 'handlers.notified':
      return []; // the handlers are seen when they run, or in the recap
    case 'queue.planned':
    case 'item.started':
    case 'item.finished':
    case 'item.failed':
    case 'item.skipped':
    case 'item.dropped':
    case 'item.silent':
    case 'item.heard':
      return describeItemEvent(event, state);
    default:
      if (isHealEvent(event)) return describeHealEvent(event);
      if (isHostEvent(event)) return describeHostEvent(event, state, verbosity);
      return describeTaskEvent(event, state, before, context);
  }
}

function runHeadline(event: Extract<RunEvent, { readonly type: 'run.started' }>): DisplayText {
  const parts = [
    displayText`run ${event.run}`,
    displayText`playbook ${event.playbook}`,
    ...describeRunArgs(event.args, event.defaults),
    event.hosts.length <= 8 ? displayText`hosts ${event.hosts.join(', ')}` : formatQuantity(event.hosts.length, 'host'),
    ...(event.check ? [displayText`check: nothing is changed`] : []),
    ...(event.resumed === true ? [displayText`resumed`] : []),
  ];
  return joinText(parts, '  ');
}
