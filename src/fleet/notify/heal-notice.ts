import type { EventOf } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { HEALED_BY } from '../../report/events/heal-event-text.ts';
import { formatDuration } from '../../report/text/format.ts';
import type { Notification } from './notification.ts';

/** A step that helped, or one that did not: that waits for what comes after it. */
export function describeHealing({ run, host, step, outcome, ms, error }: EventOf<'heal.finished'>, state: RunState): Notification {
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

/** A drone that is not healed. Undefined after steps that did not help: what comes after them says so. */
export function describeSkippedHealing({ run, host, because }: EventOf<'heal.skipped'>, state: RunState): Notification | undefined {
  if (listFailedSteps(host, state).length > 0) return undefined;
  return {
    ...{ id: `unhealed ${host} ${because}`, cause: 'healed', run, title: `${host} is not healed`, host, waitsFor: 'turn' },
    text: `${host} fails again and again, and is not healed: ${because}`,
    command: `swarm runs logs ${run} ${host}`,
  };
}

/** A host that gets no more items, with the steps that did not heal it. */
export function describeSetAside(
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
