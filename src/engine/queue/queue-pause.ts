import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import type { QueueHealth, QueuePause, QueueRun } from './queue-run.ts';

const FIRST_WAIT_MS = 5 * 60_000;
const LONGEST_WAIT_MS = 3600_000;
/** When no item was finished for so long, the queue stops. */
const LONGEST_PAUSE_MS = 12 * 3600_000;

/** True while no item may start. */
export const isPaused = (pause: QueuePause | undefined, now: number): boolean => pause !== undefined && now < pause.until;

/** Pauses the queue, or pauses it again for twice as long. After twelve hours without a finished item it stops: SW3008. */
export function pauseQueue(
  queueRun: QueueRun,
  health: QueueHealth,
  { way, error, hosts }: { readonly way: string; readonly error: ErrorJson; readonly hosts: readonly string[] },
): void {
  const { clock, journal } = queueRun.playRun.context;
  const now = clock.now();
  const before = health.pause?.way === way ? health.pause : undefined;
  const waitMs = before === undefined ? FIRST_WAIT_MS : Math.min(2 * before.waitMs, LONGEST_WAIT_MS);
  const since = before?.since ?? now;
  health.pause = { way, since, until: now + waitMs, waitMs };
  if (now - since >= LONGEST_PAUSE_MS) {
    queueRun.stopReason ??= new SwarmError(
      'SW3008',
      `all drones fail alike, and no item was finished in 12 hours; the last: ${error.message}`,
      {
        hint: 'Check the network of this machine, the binhost and the mirrors. Then run: swarm runs resume last',
        detail: error.detail,
      },
    );
    return;
  }
  const until = new Date(now + waitMs).toISOString();
  journal.emit({ type: 'queue.paused', because: `${error.code}: ${error.message}`, until, ...(hosts.length === 0 ? {} : { hosts }) });
}

/** Ends the pause: an item was finished. */
export function resumeQueue({ playRun }: QueueRun, health: QueueHealth): void {
  health.pause = undefined;
  playRun.context.journal.emit({ type: 'queue.resumed' });
}
