import { setTimeout as wait } from 'node:timers/promises';
import { raceWithAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Remote } from '../../core/module.ts';

/** The link to a host during a switch. */
export interface SwitchLink {
  /** Does the work again after each loss of the connection. Throws SW2005 where the host is away for longer than it waits itself. */
  reach<T>(work: () => Promise<T>): Promise<T>;
  /** The confirmation is on its way: which tree a host has that does not answer any more is not known from now on. */
  markConfirmed(): void;
  /** The switch took longer than it can. */
  isLate(): boolean;
}

/** How long a switch is waited for. */
export interface SwitchTimes {
  readonly confirmSeconds: number;
  /** Of the whole switch, with the way back. */
  readonly longestMs: number;
}

const RETRY_MS = 1000;
/** After `confirm` the host goes back, which may bring the link back: swarm can then tell it. */
const LONGEST_WAY_BACK_MS = 15_000;

/** Counts how long the host is away. After `confirm` it has decided by itself, so nobody waits longer. */
export function watchSwitchLink(remote: Remote, { confirmSeconds, longestMs }: SwitchTimes): SwitchLink {
  const now = (): number => performance.now();
  const end = now() + longestMs;
  const confirmMs = confirmSeconds * 1000;
  let heard = now();
  let confirmed = false;
  const awayLimit = (): number => Math.min(end, Math.max(heard + confirmMs, now()) + Math.min(confirmMs, LONGEST_WAY_BACK_MS));

  const reach = async <T>(work: () => Promise<T>): Promise<T> => {
    let limit: number | undefined;
    let attempt = work;
    for (;;) {
      try {
        const done = await (limit === undefined ? attempt() : raceWithAbort(attempt(), AbortSignal.timeout(leftUntil(limit))));
        heard = now();
        return done;
      } catch (error) {
        const isOver = limit !== undefined && now() >= limit;
        if (remote.signal.aborted || !(isOver || isLinkError(error))) throw error;
        limit ??= awayLimit();
        if (isOver) throw goneError(remote, confirmSeconds, confirmed);
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
function goneError({ host }: Remote, confirmSeconds: number, confirmed: boolean): SwarmError {
  const does = confirmed ? 'has the new tree, or goes back to the old one by itself' : 'keeps the old tree, or goes back to it by itself';
  return new SwarmError('SW2005', `the host did not answer again within ${confirmSeconds} s, the time of confirm, so it ${does}`, {
    host: host.name,
    hint: `When it answers, to see which version it has, run: swarm push --check -l ${host.name}`,
  });
}
