import { setTimeout as wait } from 'node:timers/promises';
import { raceWithAbort } from '../../../core/abort.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { errorKind } from '../../../core/error-codes.ts';
import type { Remote } from '../../../core/module.ts';

/** The link to a host during a switch. */
export interface SwitchLink {
  /** Does the work again after each loss of the connection. Throws SW2005 where the host is away for longer than it waits itself. */
  reach<T>(work: () => Promise<T>): Promise<T>;
  /** The confirmation is on its way. From now on nobody knows which tree a host has that does not answer. */
  markConfirmed(): void;
  /** Whether the switch took longer than `longestMs`. */
  isLate(): boolean;
}

/** How long swarm waits for a switch. */
export interface SwitchTimes {
  readonly confirmSeconds: number;
  /** Of the whole switch, with the way back. */
  readonly longestMs: number;
}

const RETRY_MS = 1000;
/** After `confirm` the host goes back to the old tree, which may bring the link back. Then swarm can report that. */
const LONGEST_WAY_BACK_MS = 15_000;

/** Watches how long the host is away. After `confirm` the host has decided by itself, so nobody learns more by waiting longer. */
export function watchSwitchLink(remote: Remote, { confirmSeconds, longestMs }: SwitchTimes): SwitchLink {
  const now = (): number => performance.now();
  const end = now() + longestMs;
  const confirmMs = confirmSeconds * 1000;
  let lastAnswer = now();
  let confirmed = false;
  const giveUpTime = (): number => Math.min(end, Math.max(lastAnswer + confirmMs, now()) + Math.min(confirmMs, LONGEST_WAY_BACK_MS));

  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    let limit: number | undefined;
    let attempt = work;
    for (;;) {
      try {
        const done = await (limit === undefined ? attempt() : raceWithAbort(attempt(), AbortSignal.timeout(leftUntil(limit))));
        lastAnswer = now();
        return done;
      } catch (error) {
        const isOver = limit !== undefined && now() >= limit;
        if (remote.signal.aborted || !(isOver || isLinkError(error))) throw error;
        limit ??= giveUpTime();
        if (isOver) throw awayError(remote, confirmSeconds, confirmed);
        remote.emit({ type: 'task.progress', phase: 'waiting for the host' });
        await wait(Math.min(RETRY_MS, leftUntil(limit)), undefined, { signal: remote.signal });
        attempt = isHang(error) ? () => connectFirst(remote, work) : work;
      }
    }
  };
  return {
    reach,
    markConfirmed: () => {
      confirmed = true;
    },
    isLate: () => now() > end,
  };
}

const leftUntil = (at: number): number => Math.max(0, Math.ceil(at - performance.now()));

async function connectFirst<T>(remote: Remote, work: () => Promise<T>): Promise<T> {
  await remote.reconnect().catch(() => undefined);
  return work();
}

const isHang = (error: unknown): boolean => error instanceof SwarmError && error.code === 'SW6002';

const isLinkError = (error: unknown): boolean =>
  error instanceof SwarmError && (isHang(error) || errorKind(error.code).outcome === 'unreachable');

/** SW2005, with what the host does without swarm. */
function awayError({ host }: Remote, confirmSeconds: number, confirmed: boolean): SwarmError {
  const does = confirmed ? 'has the new tree, or goes back to the old one by itself' : 'keeps the old tree, or goes back to it by itself';
  return new SwarmError('SW2005', `the host did not answer again within ${confirmSeconds} s, the time of confirm, so it ${does}`, {
    host: host.name,
    hint: `When it answers, to see which version it has, run: swarm push --check -l ${host.name}`,
  });
}
