import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Step } from '../../core/playbook-model.ts';
import type { HostRun } from '../host-run.ts';
import type { PlayRun } from '../play/play-run.ts';
import type { Breakers } from './breaker.ts';
import type { PlannedItem } from './plan-items.ts';
import type { Schedule } from './schedule.ts';

/** `lost`: swarm connects to it again. `out`: it takes no more items in this run. */
export type WorkerState = 'idle' | 'busy' | 'lost' | 'rejoining' | 'out';

/** The state of one queue. */
export interface QueueRun {
  readonly playRun: PlayRun;
  /** How often an item may be tried. */
  readonly attempts: number;
  readonly steps: readonly Step[];
  readonly schedule: Schedule<PlannedItem>;
  readonly breakers: Breakers;
  /** The hosts of the queue. */
  readonly states: Map<HostRun, WorkerState>;
  /** Set when no more items start. Items that run are finished. */
  stopReason: SwarmError | undefined;
}

/** Hosts that take items, also those that are busy. */
export function availableWorkers({ states, breakers }: QueueRun): readonly HostRun[] {
  return [...states]
    .filter(([{ host }, state]) => (state === 'idle' || state === 'busy') && !breakers.isExcluded(host.name))
    .map(([hostRun]) => hostRun);
}

/** For an item that started on a host that is lost: it has neither failed, nor may it start on another host. */
export function markItemUnknown({ playRun, schedule }: QueueRun, item: string, host: string, why: string): void {
  schedule.markUnknown(item);
  const error = new SwarmError('SW2005', `${item} was started on the host and its result is unknown: ${why}`, {
    host,
    hint: 'When the host is back, run: swarm runs resume last. Nothing is built twice.',
  });
  playRun.context.journal.emit({ type: 'run.failed', error: error.toJSON() });
}
