import type { Connection } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import { describeRoughDuration } from '../../core/time/duration-text.ts';
import type { Clock } from '../clock.ts';
import type { HostLink } from './host-link.ts';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** How long swarm waits for a host that has a job, before the result of the job is unknown. */
export const JOB_RECONNECT_LIMIT_MS = 24 * 3600 * 1000;

/** Connects again over any route: at once, after 1 s, then 2, 4 … 60 s, or each `intervalMs`. Throws SW2005 after `limitMs`. */
export async function waitForReconnect(
  link: HostLink,
  {
    clock,
    signal,
    limitMs,
    intervalMs,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly limitMs: number; readonly intervalMs?: number },
): Promise<Connection> {
  const until = clock.now() + limitMs;
  for (let wait = intervalMs ?? FIRST_WAIT_MS; ; wait = intervalMs ?? Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await link.connect(signal);
    } catch (error) {
      if (signal.aborted || errorKind(toErrorJson(error).code).retry !== 'reconnect') throw error;
      if (clock.now() + wait > until) throw notReconnectedError(link, limitMs, error);
    }
    await clock.sleep(wait, AbortSignal.any([signal, link.givenUp])).catch((error: unknown) => {
      throw link.givenUp.aborted && !signal.aborted ? link.givenUp.reason : error;
    });
  }
}

function notReconnectedError({ host }: HostLink, limitMs: number, cause: unknown): SwarmError {
  const last = toErrorJson(cause);
  return new SwarmError(
    'SW2005',
    `the host did not come back within ${describeRoughDuration(limitMs)}, so the result of its job is unknown`,
    {
      host: host.name,
      hint: 'When the host is back, run: swarm runs resume last. It attaches to the jobs and starts nothing twice.',
      detail: last.message,
      cause,
    },
  );
}
