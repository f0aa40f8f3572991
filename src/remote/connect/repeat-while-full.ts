import { setTimeout as sleep } from 'node:timers/promises';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import type { RouteAttempt } from './route-attempt.ts';

/** Tries where the server says that it is full, and where it hangs up without a word: it may be no SSH server at all. */
const TRIES_WHEN_FULL = 7;
const TRIES_WITHOUT_WORDS = 3;
const FIRST_WAIT_MS = 250;

/** sshd drops logins at random where more are under way than MaxStartups: each is tried again after a growing time, a part of it random. */
export async function repeatWhileFull(host: Host, signal: AbortSignal, attempt: () => Promise<RouteAttempt>): Promise<RouteAttempt> {
  for (let tries = 1; ; tries++) {
    const attempted = await attempt();
    if (attempted.status !== 'unreachable' || attempted.error.code !== 'SW2042') return attempted;
    const { message, hint, cause } = attempted.error;
    const [code, limit] = hint === undefined ? (['SW2001', TRIES_WITHOUT_WORDS] as const) : (['SW2042', TRIES_WHEN_FULL] as const);
    if (tries >= limit) return { ...attempted, error: new SwarmError(code, `${message} (tried ${tries} times)`, { hint, cause }) };
    debugLog('routes', host.name, () => `${message}; try ${tries + 1} follows`);
    await sleep(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random()), undefined, { signal });
  }
}
