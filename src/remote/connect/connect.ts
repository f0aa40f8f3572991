import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import { type Host, type HostName, type Route, routeText } from '../../core/host.ts';
import { type Attempt, attempt, neverTrusted, type Through } from './attempt-route.ts';
import type { Reach, RouteReport } from './connect-options.ts';
import { type Connect, jumps } from './jump-hosts.ts';

export type { Reach, RouteReport } from './connect-options.ts';

/** How long a route has before the next one is tried beside it (RFC 8305 calls it the connection attempt delay). */
const HEAD_START_MS = 300;

/** Walks the routes, the last winner first, until one proves that it leads to this machine: only then is there a connection.
 *  Throws one SwarmError for all routes, with the code of the most telling one: SW3001, SW3004, SW2003, SW2008, SW2002, SW2001;
 *  SW1305 for a host that was never trusted. */
export function connect(host: Host, reach: Reach, signal: AbortSignal): Promise<Connection> {
  return connectFor(host, reach, [], signal);
}

function connectFor(host: Host, reach: Reach, waiting: readonly HostName[], signal: AbortSignal): Promise<Connection> {
  const routes = inOrder(host, reach);
  if (host.identity === undefined && routes.some((route) => route.kind !== 'here')) return Promise.reject(neverTrusted(host));
  return race(host, routes, tryRoute(host, reach, waiting), reach, signal);
}

export type TryRoute = (route: Route, signal: AbortSignal) => Promise<Attempt>;

/** One route of the host, with its jumps, which are proved on their own. */
export function tryRoute(host: Host, reach: Reach, waiting: readonly HostName[]): TryRoute {
  const through = tryThrough(host, reach, waiting);
  return (route, signal) => attempt(host, route, reach, through, signal);
}

/** How the host's jumps are reached: each is proved on its own. */
export function tryThrough(host: Host, reach: Reach, waiting: readonly HostName[] = []): Through {
  const connectHop: Connect = (via, chain, stop) => connectFor(via, reach, chain, stop);
  return jumps(reach, [...waiting, host.name], connectHop);
}

/** The last winner, then as the inventory has them; what led elsewhere comes last. */
function inOrder(host: Host, { lastRoute, astray }: Reach): readonly Route[] {
  const last = lastRoute?.get(host.name);
  const wrong = astray?.get(host.name);
  const rank = (route: Route): number => (wrong?.has(routeText(route)) ? 2 : routeText(route) === last ? 0 : 1);
  return [...host.routes].sort((one, other) => rank(one) - rank(other));
}

/** Each next route starts when the one before has failed or had its head start. The first proof ends the race. */
function race(host: Host, routes: readonly Route[], tryOne: TryRoute, reach: Reach, signal: AbortSignal): Promise<Connection> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const failed: { readonly route: Route; readonly error: SwarmError }[] = [];
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Connection>((resolve, reject) => {
    const lose = (error: unknown): void => {
      clearTimeout(timer);
      reject(error);
    };
    const onAbort = (): void => lose(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const start = (): void => {
      clearTimeout(timer);
      const route = routes[next++];
      if (route === undefined) return;
      if (next < routes.length) timer = setTimeout(start, HEAD_START_MS);
      const began = performance.now();
      tryOne(route, both).then(
        (attempted) => {
          if (both.aborted) {
            if (attempted.status === 'proven') void attempted.connection[Symbol.asyncDispose]();
            return;
          }
          reach.onRoute?.(reportOf(host, route, attempted, began));
          if (attempted.status === 'proven') {
            clearTimeout(timer);
            signal.removeEventListener('abort', onAbort);
            stop.abort(new Error('another route was quicker'));
            return resolve(attempted.connection);
          }
          failed.push({ route, error: attempted.error });
          if (failed.length < routes.length) return start();
          signal.removeEventListener('abort', onAbort);
          return lose(allFailed(host, failed));
        },
        (error) => (both.aborted ? undefined : lose(error)),
      );
    };
    start();
  });
}

/** What onRoute is told. */
export function reportOf(host: Host, route: Route, attempted: Attempt, began: number): RouteReport {
  const { status, fingerprint } = attempted;
  const machine = status === 'proven' ? host.name : attempted.machine;
  return {
    host: host.name,
    route,
    status,
    ms: performance.now() - began,
    ...(machine === undefined ? {} : { machine }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(status === 'proven' ? {} : { error: attempted.error }),
  };
}

const TELLING = ['SW3001', 'SW3004', 'SW1302', 'SW2003', 'SW2008', 'SW1305', 'SW2002', 'SW2006', 'SW1304', 'SW2007', 'SW2005', 'SW2001'];

function allFailed(host: Host, failed: readonly { readonly route: Route; readonly error: SwarmError }[]): SwarmError {
  const rank = (code: string): number => (TELLING.includes(code) ? TELLING.indexOf(code) : TELLING.length);
  const [worst] = [...failed].sort((one, other) => rank(one.error.code) - rank(other.error.code));
  if (worst === undefined) return new SwarmError('SW2001', 'the host has no route', { host: host.name });
  const { code, message, hint } = worst.error;
  const [only, second] = failed;
  return new SwarmError(
    code,
    second === undefined
      ? `${routeText(worst.route)}: ${message}`
      : `none of ${failed.length} routes: ${routeText(worst.route)}: ${message}`,
    {
      host: host.name,
      hint: hint ?? `swarm hosts verify ${host.name} tries every route again.`,
      detail:
        second === undefined
          ? only?.error.detail
          : failed.map(({ route, error }) => `${routeText(route)}: [${error.code}] ${error.message}`).join('\n'),
      cause: worst.error,
    },
  );
}
