import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import type { Become, Key } from '../../core/inventory/login.ts';
import type { Route } from '../../core/inventory/route.ts';
import { checkHostKey, type IdentityMismatch } from '../identity/check-identity.ts';
import { openShellSession } from '../session/shell-startup.ts';
import type { ShellAccess } from '../session/start-answering.ts';
import { requireLoginUser } from '../ssh/login-user.ts';
import type { Transport } from '../transport/transport.ts';
import { type ConnectOptions, findTimeouts } from './connect-options.ts';
import { proveMachine } from './prove-machine.ts';
import { repeatWhileFull } from './repeat-while-full.ts';
import { noMachineIdError, notTrustedError, type RouteAttempt, toFailedAttempt, toRouteError } from './route-attempt.ts';
import { findSshSettings, type HopOpener, openRouteStream, type SshRoute } from './route-stream.ts';
import { createStageDeadline } from './stage-deadline.ts';

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
    return await repeatWhileFull(host, signal, () => attemptOverSsh(host, identity, route, options, openHop, signal));
  } catch (error) {
    signal.throwIfAborted();
    return toFailedAttempt(toRouteError(error));
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
  const timeouts = findTimeouts(host, options);
  using deadline = createStageDeadline(signal);
  // a jump has deadlines of its own: the time for what lies behind it begins when it stands
  const hop = await openRouteStream(host, route, options, openHop, deadline, timeouts.connect); // last, so that every exit closes it
  let mismatch: IdentityMismatch | undefined;
  let shownFingerprint: string | undefined;
  try {
    deadline.begin('handshake', timeouts.handshake);
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
          deadline.begin('login', timeouts.login);
          mismatch = checkHostKey(host, key, options.hosts, options.revoked);
          return mismatch?.error;
        },
      },
      deadline.signal,
    );
    deadline.end();
    void transport.closed.then(hop.release);
    const access = makeShellAccess(host, options, transport);
    const attempt = await proveMachine(host, route, options, access, signal, hop.release, (become) => openShellSession(access, become));
    return { ...attempt, ...(shownFingerprint === undefined ? {} : { fingerprint: shownFingerprint }) };
  } catch (error) {
    await hop.release();
    const seenFingerprint = shownFingerprint === undefined ? {} : { fingerprint: shownFingerprint };
    if (mismatch === undefined) signal.throwIfAborted();
    return { ...(mismatch ?? toFailedAttempt(toRouteError(error))), ...seenFingerprint };
  }
}

const makeShellAccess = <T extends Transport>(
  host: Host,
  options: ConnectOptions,
  transport: T,
): ShellAccess & { readonly transport: T } => ({
  transport,
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
  const access = makeShellAccess(host, options, createProcessTransport(route.kind === 'command' ? route.argv : undefined));
  const openSession = route.kind === 'here' ? (become: Become | undefined) => openShellSession(access, become) : undefined;
  return proveMachine(host, route, options, access, signal, async () => undefined, openSession);
}
