import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import type { Step } from '../../core/playbook/step-model.ts';
import type { ItemEnd } from '../healing/common-cause.ts';
import { goneHostError } from '../host-block.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import type { Breakers } from './breaker.ts';
import type { PlannedItem } from './plan-items.ts';
import type { Schedule } from './schedule.ts';

/** `lost`: swarm connects to it again. `healing`: a step is done on it. `out`: it takes no more items in this run. */
export type WorkerState = 'idle' | 'busy' | 'lost' | 'rejoining' | 'healing' | 'out';

/** No items start until then. After it one item at a time is tried, until one is finished. */
export interface QueuePause {
  /** What the failures share. */
  readonly way: string;
  /** In milliseconds. */
  readonly since: number;
  readonly until: number;
  readonly waitMs: number;
}

/** How the drones of a queue do, where one of them may be healed. */
export interface QueueHealth {
  /** By the name of a host: the items that failed on it in a row, for its own fault. */
  readonly failedInRow: Map<string, ReadonlySet<string>>;
  /** The latest ends of items, in their order. */
  ends: readonly ItemEnd[];
  /** Host and reason of each `heal.skipped` that was emitted. */
  readonly explained: Set<string>;
  pause: QueuePause | undefined;
}

/** The state of one queue. */
export interface QueueRun {
  readonly playRun: PlayRun;
  /** How often an item may be tried. */
  readonly attempts: number;
  readonly steps: readonly Step[];
  readonly schedule: Schedule<PlannedItem>;
  readonly breakers: Breakers;
  /** Undefined where no host may be healed. */
  readonly health: QueueHealth | undefined;
  /** The hosts of the queue. */
  readonly states: Map<HostRun, WorkerState>;
  /** Set when no more items start. Items that run are finished. */
  stopReason: SwarmError | undefined;
}

/** Hosts that take items, also those that are busy. */
export function availableWorkers({ playRun, states, breakers }: QueueRun): readonly HostRun[] {
  const { absent } = playRun.context.hosts;
  return [...states]
    .filter(([{ host }, state]) => (state === 'idle' || state === 'busy') && !breakers.isExcluded(host.name) && !absent.isAbsent(host.name))
    .map(([hostRun]) => hostRun);
}

/** For an item that started on a host that is lost: it has neither failed, nor may it start on another host. */
export function markItemUnknown({ playRun, schedule }: QueueRun, item: string, host: string, why: string): void {
  schedule.markUnknown(item);
  const error = new SwarmError('SW2005', `${item} was started on the host and its result is unknown: ${why}`, {
    host,
    hint: `When the host is back, run: swarm runs resume last. Nothing is built twice. If it will not come back, run: swarm hosts gone ${host}`,
  });
  playRun.context.journal.emit({ type: 'run.failed', error: error.toJSON() });
}

/** Lets other hosts start an item whose host is gone. The attempt counts against nobody. */
export function releaseItem({ playRun, schedule }: QueueRun, item: string, host: string, gone: Gone): void {
  const { journal, clock } = playRun.context;
  const { attempts = 1, startedAt } = journal.state.items.get(item) ?? {};
  const ms = startedAt === undefined ? 0 : Math.max(0, Math.round(clock.now() - Date.parse(startedAt)));
  const error = goneHostError(host, gone).toJSON();
  journal.emit({ type: 'item.failed', item, host, attempt: attempts, ms, blame: 'host', final: false, error });
  schedule.markReleased(item);
}

/** Releases the items that a host had in hand when it went, as far as nothing here waits for them. */
export function releaseItemsOfGoneHosts(queueRun: QueueRun): void {
  const { journal, hosts } = queueRun.playRun.context;
  for (const { id, status, host } of journal.state.items.values()) {
    const gone = host === undefined || status !== 'running' ? undefined : hosts.absent.findGone(host);
    const scheduled = queueRun.schedule.statusOf(id);
    if (gone !== undefined && host !== undefined && (scheduled === 'queued' || scheduled === 'unknown'))
      releaseItem(queueRun, id, host, gone);
  }
}
