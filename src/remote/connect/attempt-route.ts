import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import type { Become, Key } from '../../core/inventory/login.ts';
import type { Route } from '../../core/inventory/route.ts';
import { checkHostKey, type IdentityMismatch } from '../identity/check-identity.ts';
import { openShellSession } from '../session/shell-startup.ts';
import { requireLoginUser } from '../ssh/login-user.ts';
import type { ConnectOptions } from './connect-options.ts';
import { proveMachine } from './prove-machine.ts';
import { noMachineIdError, notTrustedError, type RouteAttempt, toFailedAttempt, toRouteError } from './route-attempt.ts';
import { findSshSettings, type HopOpener, openRouteStream, type SshRoute } from './route-stream.ts';

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
  const deadline = new AbortController();
  const timeoutError = new SwarmError('SW2001', `the machine did not prove its identity within ${options.routeTimeoutMs / 1000} s`, {});
  const timer = setTimeout(() => deadline.abort(timeoutError), options.routeTimeoutMs);
  const both = AbortSignal.any([signal, deadline.signal]);
  try {
    if (route.kind === 'here' || route.kind === 'command') return await attemptOverProcess(host, route, options, both);
    return await attemptOverSsh(host, identity, route, options, openHop, both);
  } catch (error) {
    signal.throwIfAborted();
    return deadline.signal.aborted ? { status: 'unreachable', error: timeoutError } : toFailedAttempt(host, toRouteError(error));
  } finally {
    clearTimeout(timer);
  }
}

async function attemptOverSsh(
  host: Host,
  identity: Identity,
  route: SshRoute,
  options: ConnectOptions,
  openHop: HopOpener,
  signal: AbortSignal,
): Promise<RouteAttempt> {
  const [{ openSshTransport }, keys] = await Promise.all([import('../ssh/ssh-transport.ts'), import('../ssh/login-keys.ts')]);
  const user = requireLoginUser(host);
  const settings = findSshSettings(host, route, options);
  const login = { ...host.login, keys: [...host.login.keys, ...settings.identityFiles.map((path): Key => ({ from: 'file', path }))] };
  const credentials = await keys.readCredentials(login, keys.resolveAgentSocket(settings.identityAgent), settings.identitiesOnly);
  const hop = await openRouteStream(host, route, options, openHop, signal); // last, so that every exit closes it
  let mismatch: IdentityMismatch | undefined;
  let shownFingerprint: string | undefined;
  try {
    const transport = await openSshTransport(
      {
        stream: hop.stream,
        host: host.name,
        user,
        credentials,
        keyTypes: identity.hostKeys.map(({ type }) => type),
        keepaliveMs: options.keepaliveMs ?? 5000,
        verifyHostKey: (key) => {
          shownFingerprint = fingerprint(key.blob);
          mismatch = checkHostKey(host, key, options.hosts, options.revoked);
          return mismatch?.error;
        },
      },
      signal,
    );
    void transport.closed.then(hop.release);
    const attempt = await proveMachine(host, route, options, transport, signal, hop.release, (become) =>
      openShellSession(transport, become),
    );
    return { ...attempt, ...(shownFingerprint === undefined ? {} : { fingerprint: shownFingerprint }) };
  } catch (error) {
    await hop.release();
    const seenFingerprint = shownFingerprint === undefined ? {} : { fingerprint: shownFingerprint };
    if (mismatch === undefined) signal.throwIfAborted();
    return { ...(mismatch ?? toFailedAttempt(host, toRouteError(error))), ...seenFingerprint };
  }
}

async function attemptOverProcess(
  host: Host,
  route: Extract<Route, { kind: 'here' | 'command' }>,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<RouteAttempt> {
  if (route.kind === 'command' && host.identity?.machineId === undefined) return { status: 'untrusted', error: noMachineIdError(host) };
  const { createProcessTransport } = await import('../transport/process-transport.ts');
  const transport = createProcessTransport(route.kind === 'command' ? route.argv : undefined);
  const openSession = route.kind === 'here' ? (become: Become | undefined) => openShellSession(transport, become) : undefined;
  return proveMachine(host, route, options, transport, signal, async () => undefined, openSession);
}
