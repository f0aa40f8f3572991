import type { EventOf } from '../event.ts';
import type { HealState, RunState } from '../run-state.ts';
import { updateHost } from './reduce-host.ts';

/** The events of healing, and of a queue that waits instead of it. */
export type HealEvent = EventOf<'heal.started' | 'heal.finished' | 'heal.skipped' | 'queue.paused' | 'queue.resumed'>;

/** The state after an event of healing. */
export function reduceHeal(state: RunState, event: HealEvent): RunState {
  switch (event.type) {
    case 'heal.started': {
      const { host, step, at } = event;
      const healing: HealState = { host, step, status: 'running', at };
      const next = { ...state, healing: [...(state.healing ?? []), healing] };
      return updateHost(next, host, () => ({ healing: step, since: at }));
    }
    case 'heal.finished': {
      const { host, step, outcome, error } = event;
      const end = { status: outcome, ...(error === undefined ? {} : { because: error.message }) };
      const healing = (state.healing ?? []).map((each) =>
        each.host === host && each.step === step && each.status === 'running' ? { ...each, ...end } : each,
      );
      return updateHost({ ...state, healing }, host, () => ({ healing: undefined, since: undefined, progress: undefined }));
    }
    case 'heal.skipped':
      return { ...state, notes: [...state.notes, `${event.host} is not healed: ${event.because}`] };
    case 'queue.paused':
      return { ...state, paused: { because: event.because, until: event.until } };
    case 'queue.resumed':
      return { ...state, paused: undefined };
  }
}
