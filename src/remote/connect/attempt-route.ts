import type { Host } from '../../core/inventory/host.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { ShellAccess } from '../session/start/start-answering.ts';
import { requireLoginUser } from '../ssh/login-user.ts';
import type { Transport } from '../transport/transport.ts';
import { type ConnectOptions, findTimeouts } from './connect-options.ts';
import { explainUnused } from './explain-unused.ts';
import { openSshLink, type SeenMachine, type SshLinkRequest } from './open-ssh-link.ts';
import { proveMachine } from './prove-machine.ts';
import { repeatWhileFull } from './repeat-while-full.ts';
import { noMachineIdError, notTrustedError, type RouteAttempt, toFailedAttempt, toRouteError } from './route-attempt.ts';
import { findSshSettings, type HopOpener } from './route-stream.ts';

/** Tries one route: socket, host key, login, probe. Closes everything that it opened unless the route is proven. */
export async function attemptRoute(
  host: Host,
  route: Route,
  options: ConnectOptions,
  openHop: HopOpener,
  signal: AbortSignal,
): Promise<RouteAttempt> {
  const identity = host.identity ?? (route.kind === 'here' ? { hostKeys: [] } : undefined);
  if (identity === undefined) return { status: 'untrusted', error: notTrustedError(host) };
  try {
    if (route.kind === 'here' || route.kind === 'command') return await attemptOverProcess(host, route, options, signal);
    return await repeatWhileFull(host, signal, () => attemptOverSsh({ host, identity, route, options, openHop }, signal));
  } catch (error) {
    signal.throwIfAborted();
    return toFailedAttempt(host, toRouteError(error));
  }
}

async function attemptOverSsh(request: SshLinkRequest, signal: AbortSignal): Promise<RouteAttempt> {
  const { host, route, options } = request;
  const seen: SeenMachine = {};
  const withFingerprint = <A extends object>(attempt: A) => ({
    ...attempt,
    ...(seen.fingerprint === undefined ? {} : { fingerprint: seen.fingerprint }),
  });
  try {
    const transport = await openSshLink(request, seen, signal);
    const access = makeShellAccess(host, options, transport, requireLoginUser(host, findSshSettings(host, route, options).user));
    const openLink = (): Promise<Transport> => openSshLink(request, {}, new AbortController().signal);
    return withFingerprint(await proveMachine(host, route, options, access, signal, { openLink }));
  } catch (error) {
    if (seen.mismatch === undefined) signal.throwIfAborted();
    const { unused } = findSshSettings(host, route, options);
    return withFingerprint(seen.mismatch ?? toFailedAttempt(host, explainUnused(toRouteError(error), unused)));
  }
}

const makeShellAccess = <T extends Transport>(
  host: Host,
  options: ConnectOptions,
  transport: T,
  login: string | undefined,
): ShellAccess & { readonly transport: T } => ({
  transport,
  leftBehind: new Map(),
  login,
  timeouts: findTimeouts(host, options),
  becomePassword: options.becomePassword?.(host),
});

async function attemptOverProcess(
  host: Host,
  route: Extract<Route, { kind: 'here' | 'command' }>,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<RouteAttempt> {
  if (route.kind === 'command' && host.identity?.machineId === undefined) return { status: 'untrusted', error: noMachineIdError(host) };
  const { createProcessTransport } = await import('../transport/process-transport.ts');
  const [argv, login] = route.kind === 'command' ? [route.argv, undefined] : [undefined, host.login.user];
  const access = makeShellAccess(host, options, createProcessTransport(argv), login);
  return proveMachine(host, route, options, access, signal, { proveEachSession: route.kind === 'command' });
}
