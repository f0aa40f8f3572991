import type { RunEvent, RunEventData } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { SilentItem } from '../../journal/silent-items.ts';

interface RunningWork {
  readonly host: string;
  /** The item of a queue, or the name of a task outside one. */
  readonly name: string;
  readonly isItem: boolean;
  readonly limitMs: number;
  heard: number;
  isReported: boolean;
}

/** Where the silence of items and tasks goes. */
export interface SilenceSink {
  emit(fact: RunEventData): void;
  /** All that is silent, after each change. */
  record(items: readonly SilentItem[]): void;
  /** In milliseconds. */
  now(): number;
}

/** A task outside a queue plans, checks or copies. It is not a link of a large program, which may be silent for long. */
const LONGEST_TASK_MS = 10 * 60_000;

/** Says in the run that an item, or a task outside a queue, has printed nothing for `limitMs`, and when it goes on. */
export function watchSilence(sink: SilenceSink, limitMs: number): Reporter & { look(): void } {
  const running = new Map<string, RunningWork>();
  const record = (): void =>
    sink.record(
      [...running.values()]
        .filter(({ isReported }) => isReported)
        .map(({ name, host, heard }) => ({ item: name, host, since: new Date(heard).toISOString() })),
    );
  const look = (): void => {
    for (const each of running.values()) {
      const ms = sink.now() - each.heard;
      if (each.isReported === ms >= each.limitMs) continue;
      each.isReported = !each.isReported;
      sink.emit(describeSilence(each, ms));
      record();
    }
  };
  const poll = setInterval(look, Math.max(1000, Math.min(limitMs / 4, 30_000)));
  poll.unref();
  const start: WorkCalls['start'] = (key, work) => void running.set(key, { ...work, heard: sink.now(), isReported: false });
  const end = (key: string): void => {
    const isReported = running.get(key)?.isReported === true;
    running.delete(key);
    if (isReported) record();
  };
  const hear = (key: string): void => {
    const each = running.get(key);
    if (each !== undefined) each.heard = sink.now();
  };
  return {
    look,
    event(event: RunEvent) {
      if (event.type === 'run.finished') for (const key of [...running.keys()]) end(key);
      else followEvent(event, limitMs, { start, hear, end });
    },
    async close() {
      clearInterval(poll);
    },
  };
}

/** What an event can mean for the work that is watched. */
interface WorkCalls {
  start(key: string, work: Pick<RunningWork, 'host' | 'name' | 'isItem' | 'limitMs'>): void;
  hear(key: string): void;
  end(key: string): void;
}

function followEvent(event: RunEvent, limitMs: number, { start, hear, end }: WorkCalls): void {
  switch (event.type) {
    case 'item.started':
      start(itemKey(event.item), { host: event.host, name: event.item, isItem: true, limitMs });
      break;
    case 'item.finished':
    case 'item.failed':
      end(itemKey(event.item));
      break;
    case 'task.started':
      if (event.item !== undefined) hear(itemKey(event.item));
      else start(taskKey(event.host), { host: event.host, name: event.name, isItem: false, limitMs: Math.min(limitMs, LONGEST_TASK_MS) });
      break;
    case 'task.output':
    case 'task.progress':
      hear(event.item === undefined ? taskKey(event.host) : itemKey(event.item));
      break;
    case 'task.finished':
      if (event.item === undefined) end(taskKey(event.host));
      break;
    case 'host.lost':
    case 'host.unreachable':
    case 'host.refused':
      end(taskKey(event.host));
      break;
  }
}

const itemKey = (item: string): string => `item ${item}`;
const taskKey = (host: string): string => `task ${host}`;

function describeSilence({ host, name, isItem, heard, isReported }: RunningWork, ms: number): RunEventData {
  const since = new Date(heard).toISOString();
  if (!isReported) return isItem ? { type: 'item.heard', item: name, host } : { type: 'host.heard', host };
  return isItem ? { type: 'item.silent', item: name, host, since, ms } : { type: 'host.silent', task: name, host, since, ms };
}
