import type { Duplex } from 'node:stream';
import { onAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import { toSwarmError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Become, Key } from '../../core/inventory/login.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { debugLog } from '../../core/program/debug-log.ts';
import { checkHostKey, checkMachineId, findAnsweringMachine, type IdentityMismatch } from '../identity/check-identity.ts';
import type { ProbeResult } from '../identity/probe.ts';
import type { ShellSession } from '../session/session-pool.ts';
import { openProbedSession, openShellSession } from '../session/shell-startup.ts';
import { requireLoginUser } from '../ssh/login-user.ts';
import type { SshSettings } from '../ssh/ssh-config.ts';
import { connectTcp } from '../transport/tcp-socket.ts';
import type { Transport } from '../transport/transport.ts';
import type { ConnectOptions } from './connect-options.ts';
import { createConnection } from './create-connection.ts';

/** What became of one route. */
export type RouteAttempt =
  | { readonly status: 'proven'; readonly connection: Connection; readonly fingerprint?: string }
  | {
      readonly status: 'misdirected' | 'unreachable' | 'untrusted';
      readonly error: SwarmError;
      readonly machine?: HostName;
      readonly fingerprint?: string;
    };

/** A stream to a jump host's far side, and what gives the jump host back. */
export interface Hop {
  readonly stream: Duplex;
  release(): Promise<void>;
}

export type HopOpener = (via: HostName, address: string, port: number, signal: AbortSignal) => Promise<Hop>;

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
    return deadline.signal.aborted ? { status: 'unreachable', error: timeoutError } : toFailedAttempt(toRouteError(error));
  } finally {
    clearTimeout(timer);
  }
}

export const notTrustedError = (host: Host): SwarmError =>
  new SwarmError('SW1305', `${host.name} is not trusted yet; nothing was sent to it`, {
    host: host.name,
    hint: `Run: swarm hosts trust ${host.name}`,
  });

/** Behind a command there is no handshake, so without a pinned machine-id any machine would be accepted as the host. */
const noMachineIdError = (host: Host): SwarmError =>
  new SwarmError('SW1305', `${host.name} cannot prove its identity over a command route, because no machine-id is pinned`, {
    host: host.name,
    hint: `Run: swarm hosts trust ${host.name}. A machine without /etc/machine-id needs an SSH route.`,
  });

/** The attempt of a route that was not proven. A jump host where another machine answers makes the route misdirected too. */
function toFailedAttempt(error: SwarmError): RouteAttempt {
  const machine = findAnsweringMachine(error);
  if (machine !== undefined) return { status: 'misdirected', error, machine };
  return { status: errorKind(error.code).outcome === 'refused' ? 'untrusted' : 'unreachable', error };
}

/** Another error than a SwarmError comes from the network, unless this machine is at fault (EMFILE, for example). */
function toRouteError(error: unknown): SwarmError {
  const known = toSwarmError(error);
  const isLocal = known.code !== 'SW5000' && known.code !== 'SW5011';
  return isLocal ? known : new SwarmError('SW2001', error instanceof Error ? error.message : String(error), { cause: error });
}

type SshRoute = Exclude<Route, { kind: 'here' | 'command' }>;

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
    return { ...(mismatch ?? toFailedAttempt(toRouteError(error))), ...seenFingerprint };
  }
}

const findSshSettings = (host: Host, { address }: SshRoute, options: ConnectOptions): SshSettings =>
  options.sshConfig.settings({ name: host.name, address, user: host.login.user });

/** The socket of the route: from this machine, or from the last hop. What ~/.ssh/config calls ProxyJump must be hosts of the inventory. */
export async function openRouteStream(
  host: Host,
  route: SshRoute,
  options: ConnectOptions,
  openHop: HopOpener,
  signal: AbortSignal,
): Promise<Hop> {
  if (route.kind === 'jump') return openHop(route.via, route.address, route.port, signal);
  const { hostName = route.address, proxyJump, refusalReason: refuse } = findSshSettings(host, route, options);
  if (refuse !== undefined) throw new SwarmError('SW2001', `~/.ssh/config does not allow the connection: ${refuse}`, {});
  const last = proxyJump.at(-1);
  if (last !== undefined) return openHop(last.replace(/^.*@/, '').replace(/:\d+$/, '') as HostName, hostName, route.port, signal);
  const stream = await connectTcp(hostName, route.port, signal);
  return { stream, release: async () => void stream.destroy() };
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

/** Runs the probe on a new shell and compares the machine-id. Without `openSession` every further shell is a process of its own, and has
 *  to prove the same machine again. */
async function proveMachine(
  host: Host,
  route: Route,
  options: ConnectOptions,
  transport: Transport & { readonly hostKey?: { readonly type: string; readonly blob: string } },
  signal: AbortSignal,
  release: () => Promise<void>,
  openSession?: (become: Become | undefined) => Promise<ShellSession>,
): Promise<RouteAttempt> {
  const unwatch = onAbort(signal, () => void transport.close());
  try {
    signal.throwIfAborted();
    const { shell, probe } = await openProbedSession(transport, undefined);
    const mismatch = checkMachineId(host, probe.machineId, options.hosts);
    if (mismatch !== undefined) {
      await transport.close();
      return mismatch;
    }
    const { bootId, initStart, machineId, facts } = probe;
    debugLog('session', host.name, () => `the shell has process id ${probe.pid}; boot-id ${bootId}, machine-id ${machineId ?? 'unknown'}`);
    const proof = {
      bootId,
      initStart,
      ...(machineId === undefined ? {} : { machineId }),
      ...(transport.hostKey === undefined ? {} : { hostKey: transport.hostKey }),
    };
    const openProvenSession: typeof openSession = async (become) => {
      const next = await openProbedSession(transport, become);
      if (isSameMachine(next.probe, probe)) return next.shell;
      next.shell.session.close();
      throw new SwarmError('SW3004', `${formatRoute(route)} leads to another machine than before, or the machine has restarted`, {});
    };
    const connection = createConnection({ host, route, proof, facts }, transport, openSession ?? openProvenSession, shell, release);
    return { status: 'proven', connection };
  } catch (error) {
    await transport.close();
    throw error;
  } finally {
    unwatch();
  }
}

const isSameMachine = (one: ProbeResult, other: ProbeResult): boolean =>
  one.machineId === other.machineId && one.bootId === other.bootId && one.initStart === other.initStart;
