import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { FailureCause } from '../../core/event.ts';
import { findCommonFailures, type ItemEnd } from '../healing/common-cause.ts';
import type { HostRun } from '../host-run.ts';
import { isPaused, pauseQueue, resumeQueue } from './queue-pause.ts';
import type { QueueHealth, QueueRun } from './queue-run.ts';

/** No item has ended yet. Undefined where no host of the queue may be healed. */
export function createQueueHealth(hostRuns: readonly HostRun[]): QueueHealth | undefined {
  if (hostRuns.every(({ host }) => host.heal === undefined)) return undefined;
  return { failedInRow: new Map(), ends: [], explained: new Set(), pause: undefined };
}

const LATEST_ENDS = 200;

/** Causes that several drones can share. All others show that the drone can work. */
const SHARED_CAUSES: ReadonlySet<FailureCause> = new Set(['host', 'link', 'service']);

/** How a failure is compared with those of other drones: all failures of links are alike. */
export const failureWay = (cause: FailureCause, signature: string): string | undefined =>
  cause === 'link' ? 'link' : SHARED_CAUSES.has(cause) ? signature : undefined;

/** Counts how an item ended, for what the drones may have in common. */
export function recordEnd({ health, playRun }: QueueRun, end: Omit<ItemEnd, 'at'>): void {
  if (health === undefined) return;
  health.ends = [...health.ends, { ...end, at: playRun.context.clock.now() }].slice(-LATEST_ENDS);
}

/** After an item was finished on a host: no row of failures goes on, and no pause. */
export function recordFinished(queueRun: QueueRun, host: string, item: string): void {
  const { health } = queueRun;
  recordEnd(queueRun, { host, item, way: undefined });
  health?.failedInRow.delete(host);
  if (health?.pause !== undefined) resumeQueue(queueRun, health);
}

/** True for a failure whose cause all drones share. Then the queue waits, and nobody is blamed. */
export function isSharedFailure(
  queueRun: QueueRun,
  { way, error }: { readonly way: string | undefined; readonly error: ErrorJson },
): boolean {
  const { health, states, breakers, playRun } = queueRun;
  const now = playRun.context.clock.now();
  if (health === undefined || way === undefined) return false;
  const known = health.pause?.way === way;
  if (known && isPaused(health.pause, now)) return true; // it ran on when the queue was paused
  const hosts = findCommonFailures(health.ends, states.size, now);
  if (!known && hosts.length === 0) return false;
  pauseQueue(queueRun, health, { way, error, hosts });
  for (const host of hosts) breakers.forgive(host);
  health.failedInRow.clear();
  health.ends = [];
  return true;
}

/** Counts a failure that is the host's own fault. The same item again counts once: it may be the item. */
export function recordOwnFault({ health }: QueueRun, host: string, item: string): void {
  health?.failedInRow.set(host, new Set([...(health.failedInRow.get(host) ?? []), item]));
}

/** True where enough different items failed on the host in a row. */
export const isHealDue = ({ health }: QueueRun, { host }: HostRun): boolean =>
  host.heal !== undefined && (health?.failedInRow.get(host.name)?.size ?? 0) >= host.heal.after;
