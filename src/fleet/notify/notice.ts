import type { EventOf, RunEvent } from '../../core/event.ts';
import type { NotifyCause } from '../../core/inventory/notifier.ts';
import { formatDateTime } from '../../core/output/date-text.ts';
import type { RunState } from '../../core/run-state.ts';
import { HEALED_BY } from '../../report/events/heal-event-text.ts';
import { formatDuration } from '../../report/text/format.ts';

/** What a person is told: once for each `id` of a process. */
export interface Notification {
  readonly id: string;
  readonly cause: NotifyCause;
  readonly run: string;
  readonly title: string;
  readonly text: string;
  /** The command to type next. */
  readonly command: string;
  /** Who asks for this cause is told too: a host that is set aside because healing did not help. */
  readonly also?: NotifyCause;
  /** The host whose earlier notifications that still wait are part of this one. */
  readonly host?: string;
  /** More may come of the same cause. `end`: how the healing ends is waited for. `turn`: what swarm decides in the same moment. */
  readonly waitsFor?: 'end' | 'turn';
}

/** What an event of a run is worth telling. `state`: the run after it. */
export function toNotification(event: RunEvent, state: RunState): Notification | undefined {
  const { run } = event;
  const show = `swarm runs show ${run}`;
  switch (event.type) {
    case 'run.finished':
      if (event.status === 'interrupted' || state.check) return undefined; // a person did it, or nothing was done
      return event.status === 'ok'
        ? { id: 'end', cause: 'finished', run, title: `${state.playbook} finished`, text: describeEnd(event.ms, state), command: show }
        : {
            ...{ id: 'end', cause: 'failed', run, title: `${state.playbook} failed (exit ${event.exit})` },
            ...{ text: describeFailure(event.ms, state), command: `swarm runs logs ${run} --errors` },
          };
    case 'host.setAside':
      return aside(event, `${event.host} gets no more items in this run, ${event.because}`, show, state);
    case 'host.unreachable':
    case 'host.refused':
      return aside(event, `${event.host} is not used: ${event.error.message}`, `swarm hosts verify ${event.host}`, state);
    case 'heal.finished':
      return describeHealing(event, state);
    case 'heal.skipped':
      if (listFailedSteps(event.host, state).length > 0) return undefined; // how it went on after them is told
      return {
        ...{ id: `unhealed ${event.host} ${event.because}`, cause: 'healed', run, title: `${event.host} is not healed` },
        ...{
          host: event.host,
          waitsFor: 'turn',
          text: `${event.host} fails again and again, and is not healed: ${event.because}`,
          command: `swarm runs logs ${run} ${event.host}`,
        },
      };
    case 'queue.paused':
      return {
        ...{ id: 'paused', cause: 'stalled', run, title: `${state.playbook} waits`, command: `swarm runs watch ${run}` },
        text: `the drones fail alike, so none is blamed, and no item starts until ${formatDateTime(event.until)}. ${event.because}`,
      };
    case 'item.silent': {
      const age = formatDuration(event.ms);
      const text = `${event.item} on ${event.host} has printed nothing for ${age}. If the host will not come back: swarm hosts gone ${event.host}`;
      const id = `silent ${event.item} ${event.host} ${event.since}`;
      return {
        id,
        cause: 'stalled',
        run,
        title: `${event.item} is silent on ${event.host}`,
        text,
        command: `swarm runs logs ${run} ${event.host}`,
      };
    }
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

/** A step that helped, or did not: then it is part of what is told of its end. */
function describeHealing({ run, host, step, outcome, ms, error }: EventOf<'heal.finished'>, state: RunState): Notification {
  const id = `heal ${host} ${step}`;
  if (error !== undefined) {
    const title = `${host} is not healed: ${step} ${outcome === 'refused' ? 'refused' : 'did not help'}`;
    const text = `${error.code}: ${error.message}`;
    return { id, cause: 'healed', run, title, text, command: `swarm doctor ${host}`, host, waitsFor: 'end' };
  }
  const before = listFailedSteps(host, state, 'before');
  const failed = before.length === 0 ? '' : `${before.join(' and ')} did not help; `;
  return {
    ...{ id, cause: 'healed', run, title: `${host} was healed: ${HEALED_BY[step]}`, command: `swarm runs show ${run}`, host },
    text: `after ${formatDuration(ms)}; ${failed}it proved itself, and gets items again`,
  };
}

/** The steps that did not help since the host was healed last; `before`: those before the step that healed it just now. */
function listFailedSteps(host: string, { healing = [] }: RunState, when?: 'before'): readonly string[] {
  const own = healing.filter((each) => each.host === host && each.status !== 'running');
  const ended = when === 'before' ? own.slice(0, -1) : own;
  return ended.slice(ended.findLastIndex(({ status }) => status === 'healed') + 1).map(({ step }) => step);
}

function aside(
  { run, host }: { readonly run: string; readonly host: string },
  text: string,
  command: string,
  state: RunState,
): Notification {
  const note = { id: `aside ${host}`, cause: 'aside', run, host } as const;
  const failed = listFailedSteps(host, state);
  if (failed.length === 0) return { ...note, title: `${host} is set aside`, text, command };
  const title = `${host} is set aside: it could not be healed (${failed.join(', ')})`;
  return { ...note, also: 'healed', title, text, command: `swarm doctor ${host}` };
}

const countItems = ({ items }: RunState, status: string): number => items.values().filter((item) => item.status === status).length;

function describeEnd(ms: number, state: RunState): string {
  const published = countItems(state, 'published');
  return `after ${formatDuration(ms)}${published === 0 ? '' : `, ${published} items published`}`;
}

function describeFailure(ms: number, state: RunState): string {
  const counts = `${countItems(state, 'published')} items published, ${countItems(state, 'failed')} failed`;
  const items = state.items.size === 0 ? '' : `, ${counts}`;
  const [first] = state.errors;
  return `after ${formatDuration(ms)}${items}${first === undefined ? '' : `. ${first.code}: ${first.message}`}`;
}
