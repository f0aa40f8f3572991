import { onAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { highestPrecedence } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { attemptRoute } from './attempt-route.ts';
import type { ConnectOptions, RouteReport } from './connect-options.ts';
import { createJumpOpener, type JumpConnector } from './jump/jump-hosts.ts';
import { notTrustedError, type RouteAttempt } from './route-attempt.ts';
import type { HopOpener } from './route-stream.ts';

/** How long a route has before the next one is tried at the same time (the connection attempt delay of RFC 8305). */
const HEAD_START_MS = 300;

/** Walks the routes, the last winner first, until one proves that it leads to this machine: only then is there a connection.
 *  Throws one SwarmError for all routes, with the code of the most important one: SW3001, SW3004, SW2003, SW2008, SW2002, SW2001;
 *  SW1305 for a host that was never trusted. */
export function connect(host: Host, options: ConnectOptions, signal: AbortSignal): Promise<Connection> {
  return connectThroughChain(host, options, [], signal);
}

function connectThroughChain(host: Host, options: ConnectOptions, chain: readonly string[], signal: AbortSignal): Promise<Connection> {
  const routes = orderRoutes(host, options);
  if (host.identity === undefined && routes.some((route) => route.kind !== 'here')) return Promise.reject(notTrustedError(host));
  return raceRoutes(host, routes, createRouteAttempter(host, options, chain), options, signal);
}

export type RouteAttempter = (route: Route, signal: AbortSignal) => Promise<RouteAttempt>;

/** One route of the host, with its jumps, which are proved on their own. */
export function createRouteAttempter(host: Host, options: ConnectOptions, chain: readonly string[]): RouteAttempter {
  const openHop = createHopOpener(host, options, chain);
  return (route, signal) => attemptRoute(host, route, options, openHop, signal);
}

/** How the host's jumps are reached: each is proved on its own. */
export function createHopOpener(host: Host, options: ConnectOptions, chain: readonly string[] = []): HopOpener {
  const connectHop: JumpConnector = (via, chain, stop) => connectThroughChain(via, options, chain, stop);
  return createJumpOpener(options, [...chain, host.name], connectHop);
}

/** The last winner, then as the inventory has them; what led elsewhere comes last. */
function orderRoutes(host: Host, { lastRoute, misdirectedRoutes }: ConnectOptions): readonly Route[] {
  const last = lastRoute?.get(host.name);
  const misdirected = misdirectedRoutes?.get(host.name);
  const rank = (route: Route): number => (misdirected?.has(formatRoute(route)) ? 2 : formatRoute(route) === last ? 0 : 1);
  return [...host.routes].sort((one, other) => rank(one) - rank(other));
}

/** Each next route starts when the one before has failed or had its head start. The first proof ends the race. */
function raceRoutes(
  host: Host,
  routes: readonly Route[],
  attemptRoute: RouteAttempter,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const failed: { readonly route: Route; readonly error: SwarmError }[] = [];
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  return new Promise<Connection>((resolve, reject) => {
    const rejectRace = (error: unknown): void => {
      clearTimeout(timer);
      reject(error);
    };
    if (signal.aborted) return reject(signal.reason);
    const unwatch = onAbort(signal, () => rejectRace(signal.reason));
    const start = (): void => {
      clearTimeout(timer);
      const route = routes[next++];
      if (route === undefined) return;
      if (next < routes.length) timer = setTimeout(start, HEAD_START_MS);
      const startedAt = performance.now();
      debugLog('routes', host.name, () => `trying ${formatRoute(route)}`);
      attemptRoute(route, both).then(
        (attempted) => {
          if (both.aborted) {
            if (attempted.status === 'proven') void attempted.connection[Symbol.asyncDispose]();
            return;
          }
          options.onRoute?.(createRouteReport(host, route, attempted, startedAt));
          debugLog('routes', host.name, () => describeAttempt(route, attempted, performance.now() - startedAt));
          if (attempted.status === 'proven') {
            clearTimeout(timer);
            unwatch();
            stop.abort(new Error('another route was faster'));
            return resolve(attempted.connection);
          }
          failed.push({ route, error: attempted.error });
          if (failed.length < routes.length) return start();
          unwatch();
          return rejectRace(allRoutesFailedError(host, failed));
        },
        (error) => (both.aborted ? undefined : rejectRace(error)),
      );
    };
    start();
  });
}

/** One line for the debug log. */
function describeAttempt(route: Route, attempt: RouteAttempt, ms: number): string {
  const why = attempt.status === 'proven' ? '' : `: ${attempt.error.code} ${attempt.error.message}`;
  return `${formatRoute(route)} is ${attempt.status} after ${Math.round(ms)} ms${why}`;
}

/** The report of an attempt for `onRoute`. */
export function createRouteReport(host: Host, route: Route, attempt: RouteAttempt, startedAt: number): RouteReport {
  const { status, fingerprint } = attempt;
  const machine = status === 'proven' ? host.name : attempt.machine;
  const cores = attempt.status === 'proven' ? attempt.connection.facts.cores : undefined;
  return {
    host: host.name,
    user: host.login.user,
    route,
    status,
    ms: performance.now() - startedAt,
    ...(machine === undefined ? {} : { machine }),
    ...(cores === undefined ? {} : { cores }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(attempt.status === 'proven' ? {} : { error: attempt.error }),
  };
}

function allRoutesFailedError(host: Host, failed: readonly { readonly route: Route; readonly error: SwarmError }[]): SwarmError {
  const error = highestPrecedence(failed.map((each) => each.error));
  const worst = failed.find((each) => each.error === error);
  if (worst === undefined) return new SwarmError('SW2001', 'the host has no route', { host: host.name });
  const { code, message, hint } = worst.error;
  const [only, second] = failed;
  return new SwarmError(
    code,
    second === undefined
      ? `${formatRoute(worst.route)}: ${message}`
      : `none of ${failed.length} routes: ${formatRoute(worst.route)}: ${message}`,
    {
      host: host.name,
      hint: hint ?? `Run: swarm hosts verify ${host.name}`,
      detail:
        second === undefined
          ? only?.error.detail
          : failed.map(({ route, error }) => `${formatRoute(route)}: [${error.code}] ${error.message}`).join('\n'),
      cause: worst.error,
    },
  );
}
