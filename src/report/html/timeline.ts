import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';

/** A piece of work of a host: an attempt at an item, or a task where there is no queue. Times in ms since the epoch. */
export interface TimelineBar {
  readonly host: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly outcome: 'ok' | 'failed' | 'running';
  readonly item?: string;
}

/** Everything that hosts worked on; what had not ended goes to `end`. */
export function collectBars(events: readonly RunEvent[], end: number): readonly TimelineBar[] {
  const bars: TimelineBar[] = [];
  const open = new Map<string, { readonly label: string; readonly start: number; readonly item?: string; readonly host: string }>();
  const close = (key: string, at: number, outcome: TimelineBar['outcome']): void => {
    const started = open.get(key);
    if (started === undefined) return;
    open.delete(key);
    bars.push({ ...started, end: at, outcome });
  };
  for (const event of events) {
    const at = Date.parse(event.at);
    if (event.type === 'item.started') open.set(`${event.host} item`, { host: event.host, label: event.item, item: event.item, start: at });
    else if (event.type === 'item.finished') close(`${event.host} item`, at, 'ok');
    else if (event.type === 'item.failed') close(`${event.host} item`, at, 'failed');
    else if (event.type === 'task.started' && event.item === undefined)
      open.set(`${event.host} task`, { host: event.host, label: event.name, start: at });
    else if (event.type === 'task.finished' && event.item === undefined) {
      close(`${event.host} task`, at, event.outcome === 'failed' && event.ignored !== true ? 'failed' : 'ok');
    }
  }
  for (const key of [...open.keys()]) close(key, end, 'running');
  return bars.sort((a, b) => a.start - b.start);
}

/** Backwards from what ended last: each step waited either for an item that it needs or for its host. */
export function findCriticalPath(bars: readonly TimelineBar[], state: RunState): readonly TimelineBar[] {
  const path: TimelineBar[] = [];
  let current = bars.reduce<TimelineBar | undefined>((last, bar) => (last === undefined || bar.end > last.end ? bar : last), undefined);
  while (current !== undefined && !path.includes(current)) {
    path.unshift(current);
    const { host, start, item } = current;
    const needs = new Set(item === undefined ? [] : (state.items.get(item)?.needs ?? []));
    const before: readonly TimelineBar[] = bars.filter(
      (bar) => bar.end <= start && (bar.host === host || (bar.item !== undefined && needs.has(bar.item))),
    );
    current = before.reduce<TimelineBar | undefined>((last, bar) => (last === undefined || bar.end > last.end ? bar : last), undefined);
  }
  return path;
}
