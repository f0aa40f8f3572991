import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { displayText } from '../text/display-text.ts';
import { formatDuration, formatEstimate, formatQuantity } from '../text/format.ts';
import { describeCause } from './cause-text.ts';
import { type EventText, eventLine, failureLine, hintLine } from './event-line.ts';
import { failureLines, failureStatus } from './failure-text.ts';

type ItemRunEvent = Extract<RunEvent, { readonly type: `item.${string}` | 'queue.planned' }>;

/** The lines of an event about an item of a queue. */
export function describeItemEvent(event: ItemRunEvent, state: RunState): readonly EventText[] {
  switch (event.type) {
    case 'queue.planned': {
      if (event.items.length === 0)
        return [eventLine('queue', 'planned', 'ok', displayText`nothing to build: every requested package is already published`)];
      const known = event.items.flatMap(({ estimate }) => (estimate === undefined ? [] : [estimate]));
      const work =
        known.length === 0 ? '' : `, ${formatEstimate(known.reduce((sum, each) => sum + each, 0))} of work (estimated for ${known.length})`;
      return [eventLine('queue', 'planned', undefined, displayText`${formatQuantity(event.items.length, 'item')}${work}`)];
    }
    case 'item.started': {
      const estimate = state.items.get(event.item)?.estimate;
      const again = event.attempt > 1 ? `  attempt ${event.attempt}` : '';
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
      return [eventLine('queue', 'skipped', 'skipped', displayText`${event.item}  ${event.because} failed`)];
    case 'item.silent': {
      const hint = displayText`If the host will not come back: swarm hosts gone ${event.host}`;
      return [hintLine(event.host, 'silent', 'unknown', displayText`${event.item}  no output for ${formatDuration(event.ms)}. ${hint}`)];
    }
    case 'item.heard':
      return [eventLine(event.host, 'prints', 'reattach', displayText`${event.item}  prints again`)];
    case 'item.dropped':
      return [eventLine('queue', 'skipped', 'skipped', displayText`${event.item}  the plan no longer has it`)];
    case 'item.failed': {
      const what = displayText`${event.item}  after ${formatDuration(event.ms)}, attempt ${event.attempt}, ${describeCause(event)}`;
      if (event.final)
        return [failureLine(event.host, failureStatus(event.error), what, failureLines({ host: event.host, ...event.error }, state))];
      return [failureLine(event.host, 'failed', displayText`${what}: ${event.error.message}`, [])];
    }
    default:
      event satisfies never;
      return []; // an event of a newer swarm
  }
}
