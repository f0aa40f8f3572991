import type { RunEvent, RunEventData } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { SilentItem } from '../../journal/silent-items.ts';

interface RunningItem {
  readonly host: string;
  heard: number;
  told: boolean;
}

/** Where the silence of items goes. */
export interface SilenceSink {
  emit(fact: RunEventData): void;
  /** All items that are silent, after each change. */
  record(items: readonly SilentItem[]): void;
  /** In milliseconds. */
  now(): number;
}

const HEARD: ReadonlySet<string> = new Set(['task.output', 'task.progress', 'task.started']);

/** Says in the run that an item has printed nothing for `limitMs`, and when it prints again. */
export function watchSilence(sink: SilenceSink, limitMs: number): Reporter & { look(): void } {
  const running = new Map<string, RunningItem>();
  const record = (): void =>
    sink.record(
      [...running].filter(([, { told }]) => told).map(([item, { host, heard }]) => ({ item, host, since: new Date(heard).toISOString() })),
    );
  const look = (): void => {
    for (const [item, each] of running) {
      const ms = sink.now() - each.heard;
      if (each.told === ms >= limitMs) continue;
      each.told = !each.told;
      if (each.told) sink.emit({ type: 'item.silent', item, host: each.host, since: new Date(each.heard).toISOString(), ms });
      else sink.emit({ type: 'item.heard', item, host: each.host });
      record();
    }
  };
  const poll = setInterval(look, Math.max(1000, Math.min(limitMs / 4, 30_000)));
  poll.unref();
  const end = (item: string): void => {
    const told = running.get(item)?.told === true;
    running.delete(item);
    if (told) record();
  };
  return {
    look,
    event(event: RunEvent) {
      if (event.type === 'run.finished') for (const item of [...running.keys()]) end(item);
      else if (event.type === 'item.started') running.set(event.item, { host: event.host, heard: sink.now(), told: false });
      else if (event.type === 'item.finished' || event.type === 'item.failed') end(event.item);
      else if (HEARD.has(event.type) && 'item' in event && event.item !== undefined) {
        const each = running.get(event.item);
        if (each !== undefined) each.heard = sink.now();
      }
    },
    async close() {
      clearInterval(poll);
    },
  };
}
