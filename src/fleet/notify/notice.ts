import type { EventOf, RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { formatDateTime } from '../../core/time/date-text.ts';
import { formatDuration } from '../../report/text/format.ts';
import { describeHealing, describeSetAside, describeSkippedHealing } from './heal-notice.ts';
import type { Notification } from './notification.ts';

/** What an event of a run is worth telling. `state`: the run after it. */
export function toNotification(event: RunEvent, state: RunState): Notification | undefined {
  const { run } = event;
  const show = `swarm runs show ${run}`;
  switch (event.type) {
    case 'run.finished':
      return describeEnd(event, state);
    case 'host.setAside':
      return describeSetAside(event, `${event.host} gets no more items in this run, ${event.because}`, show, state);
    case 'host.unreachable':
    case 'host.refused':
      return describeSetAside(event, `${event.host} is not used: ${event.error.message}`, `swarm hosts verify ${event.host}`, state);
    case 'heal.finished':
      return describeHealing(event, state);
    case 'heal.skipped':
      return describeSkippedHealing(event, state);
    case 'queue.paused':
      return {
        ...{ id: 'paused', cause: 'stalled', run, title: `${state.playbook} waits`, command: `swarm runs watch ${run}` },
        text: `the drones fail alike, so none is blamed, and no item starts until ${formatDateTime(event.until)}. ${event.because}`,
      };
    case 'item.silent':
      return describeSilentItem(event);
    case 'host.silent':
      return {
        ...{ id: `silent ${event.task} ${event.host} ${event.since}`, cause: 'stalled', run, title: `${event.host} is silent` },
        text: `"${event.task}" on ${event.host} has printed nothing for ${formatDuration(event.ms)}`,
        command: `swarm runs logs ${run} ${event.host}`,
      };
    case 'run.message': {
      const { title = state.playbook, text } = event;
      return { id: `message ${title} ${text}`, cause: 'message', run, title, text, command: show };
    }
    default:
      return undefined;
  }
}

const countItems = ({ items }: RunState, status: string): number => items.values().filter((item) => item.status === status).length;

/** The end of a run. Undefined where a person interrupted it, or where it changed nothing. */
function describeEnd({ run, status, exit, ms }: EventOf<'run.finished'>, state: RunState): Notification | undefined {
  if (status === 'interrupted' || state.check) return undefined;
  if (status !== 'ok') {
    const note = { id: 'end', cause: 'failed', run, title: `${state.playbook} failed (exit ${exit})` } as const;
    return { ...note, text: describeFailure(ms, state), command: `swarm runs logs ${run} --errors` };
  }
  const published = countItems(state, 'published');
  const text = `after ${formatDuration(ms)}${published === 0 ? '' : `, ${published} items published`}`;
  return { id: 'end', cause: 'finished', run, title: `${state.playbook} finished`, text, command: `swarm runs show ${run}` };
}

function describeFailure(ms: number, state: RunState): string {
  const counts = `${countItems(state, 'published')} items published, ${countItems(state, 'failed')} failed`;
  const items = state.items.size === 0 ? '' : `, ${counts}`;
  const [first] = state.errors;
  return `after ${formatDuration(ms)}${items}${first === undefined ? '' : `. ${first.code}: ${first.message}`}`;
}

function describeSilentItem({ run, item, host, since, ms }: EventOf<'item.silent'>): Notification {
  return {
    ...{ id: `silent ${item} ${host} ${since}`, cause: 'stalled', run, title: `${item} is silent on ${host}` },
    text: `${item} on ${host} has printed nothing for ${formatDuration(ms)}. If the host will not come back: swarm hosts gone ${host}`,
    command: `swarm runs logs ${run} ${host}`,
  };
}
