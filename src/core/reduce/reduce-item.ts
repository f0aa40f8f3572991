import { errorKind } from '../error-codes.ts';
import type { EventOf } from '../event.ts';
import type { ItemState, RunState } from '../run-state.ts';
import { updateHost } from './reduce-host.ts';
import { SharedMap } from './shared-map.ts';

/** The events of a queue and its items. */
export type ItemEvent = EventOf<
  'queue.planned' | 'item.started' | 'item.finished' | 'item.failed' | 'item.skipped' | 'item.dropped' | 'item.silent' | 'item.heard'
>;

/** The state after an event of a queue. */
export function reduceItem(state: RunState, event: ItemEvent): RunState {
  if (event.type === 'queue.planned') {
    const planned = event.items.map((item) => [item.id, state.items.get(item.id) ?? { ...item, status: 'queued', attempts: 0 }] as const);
    const items = SharedMap.of([...state.items.entries(), ...planned]);
    const end = event.end === undefined ? {} : { plannedEnd: event.end };
    return { ...state, items, nothingToDo: items.size === 0, ...end };
  }
  const item = state.items.get(event.item) ?? { id: event.item, needs: [], status: 'queued', attempts: 0 };
  const put = (change: Partial<ItemState>): RunState => ({ ...state, items: state.items.with(item.id, { ...item, ...change }) });
  if (event.type === 'item.skipped' || event.type === 'item.dropped') return put({ status: 'skipped' });
  if (event.type === 'item.silent') return put({ silentSince: event.since });
  if (event.type === 'item.heard') return put({ silentSince: undefined });
  const { host } = event;
  if (event.type === 'item.started') {
    const next = put({ status: 'running', host, attempts: event.attempt, startedAt: event.at, silentSince: undefined });
    return updateHost(next, host, () => ({ item: item.id, since: event.at, phase: 'running' }));
  }
  const seconds = event.ms / 1000;
  const free = (next: RunState): RunState => updateHost(next, host, () => ({ item: undefined, since: undefined, progress: undefined }));
  if (event.type === 'item.finished')
    return free(put({ status: 'published', host, attempts: event.attempt, seconds, silentSince: undefined }));
  const error = { ...event.error, host };
  const tries = [...(item.tries ?? []), { host, blame: event.blame }];
  const next = free(
    put({ status: event.final ? 'failed' : 'queued', host, attempts: event.attempt, seconds, error, tries, silentSince: undefined }),
  );
  const left = event.error.code === 'SW3020' ? withdrawUnknown(next, host) : next;
  return event.final ? { ...left, errors: [...left.errors, error] } : left;
}

/** A person said that the host is gone, and others do its work: that it could not be reached is not an error of the run any more. */
function withdrawUnknown(state: RunState, host: string): RunState {
  const errors = state.errors.filter((error) => error.host !== host || errorKind(error.code).outcome !== 'unreachable');
  return { ...state, errors };
}
