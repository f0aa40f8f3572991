import type { Duplex } from 'node:stream';
import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import { type Become, fingerprint, type Host, type HostName, type Identity, type Key, type Route, routeText } from '../../core/host.ts';
import { type Judgement, judgeKey, judgeMachine, machineIn } from '../identity/check-identity.ts';
import type { Told } from '../identity/probe.ts';
import type { Opened } from '../session/session-pool.ts';
import { openShell, proveShell } from '../session/shell-startup.ts';
import type { SshSettings } from '../ssh/ssh-config.ts';
import { dialTcp } from '../transport/tcp-socket.ts';
import type { Carrier } from '../transport/transport.ts';
import type { Reach } from './connect-options.ts';
import { makeConnection } from './create-connection.ts';

/** What became of one route. */
export type Attempt =
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

export type Through = (via: HostName, address: string, port: number, signal: AbortSignal) => Promise<Hop>;

/** Tries one route to its end: link, host key, login, probe. Everything it opened is closed again unless it is proven. */
export async function attempt(host: Host, route: Route, reach: Reach, through: Through, signal: AbortSignal): Promise<Attempt> {
  const identity = host.identity ?? (route.kind === 'here' ? { hostKeys: [] } : undefined);
  if (identity === undefined) return { status: 'untrusted', error: neverTrusted(host) };
  const deadline = new AbortController();
  const late = new SwarmError('SW2001', `no proof within ${reach.routeTimeoutMs / 1000} s`, {});
  const timer = setTimeout(() => deadline.abort(late), reach.routeTimeoutMs);
  const both = AbortSignal.any([signal, deadline.signal]);
  try {
    if (route.kind === 'here' || route.kind === 'command') return await overProcess(host, route, reach, both);
    return await overSsh(host, identity, route, reach, through, both);
  } catch (error) {
    signal.throwIfAborted();
    return deadline.signal.aborted ? { status: 'unreachable', error: late } : missed(told(error));
  } finally {
    clearTimeout(timer);
  }
}

export const neverTrusted = (host: Host): SwarmError =>
  new SwarmError('SW1305', `${host.name} was never trusted: nothing was sent`, { host: host.name, hint: `swarm hosts trust ${host.name}` });

/** Behind a command there is no handshake, so without a pinned machine-id whatever answers would be taken for the host. */
const unprovable = (host: Host): SwarmError =>
  new SwarmError('SW1305', `nothing can prove ${host.name} over a command: no machine-id is pinned`, {
    host: host.name,
    hint: `swarm hosts trust ${host.name} pins it; a machine without /etc/machine-id needs an SSH route`,
  });

/** A route that was not proven, and what its error says of it: a jump that another machine answers for leads elsewhere too. */
function missed(error: SwarmError): Attempt {
  const machine = machineIn(error);
  if (machine !== undefined) return { status: 'misdirected', error, machine };
  const strange = ['SW1305', 'SW2003', 'SW2008', 'SW3004'].includes(error.code);
  return { status: strange ? 'untrusted' : 'unreachable', error };
}

const told = (error: unknown): SwarmError =>
  error instanceof SwarmError ? error : new SwarmError('SW2001', error instanceof Error ? error.message : String(error), { cause: error });

type Wired = Exclude<Route, { kind: 'here' | 'command' }>;

async function overSsh(
  host: Host,
  identity: Identity,
  route: Wired,
  reach: Reach,
  through: Through,
  signal: AbortSignal,
): Promise<Attempt> {
  const [{ dial }, keys] = await Promise.all([import('../ssh/ssh-transport.ts'), import('../ssh/login-keys.ts')]);
  const said = settingsOf(host, route, reach);
  const logins = { ...host.login, keys: [...host.login.keys, ...said.identityFiles.map((path): Key => ({ from: 'file', path }))] };
  const credentials = await keys.credentials(logins, keys.agentSocketOf(said.identityAgent), said.identitiesOnly);
  const hop = await farEnd(host, route, reach, through, signal); // last: nothing that it opened is forgotten
  let judged: Judgement | undefined;
  let shown: string | undefined;
  try {
    const carrier = await dial(
      {
        stream: hop.stream,
        user: host.login.user,
        credentials,
        keyTypes: identity.hostKeys.map(({ type }) => type),
        keepaliveMs: reach.keepaliveMs ?? 5000,
        judge: (key) => {
          shown = fingerprint(key.blob);
          judged = judgeKey(host, key, reach.hosts, reach.revoked);
          return judged?.error;
        },
      },
      signal,
    );
    void carrier.closed.then(hop.release);
    const attempted = await prove(host, route, reach, carrier, signal, hop.release, (become) => openShell(carrier, become));
    return { ...attempted, ...(shown === undefined ? {} : { fingerprint: shown }) };
  } catch (error) {
    await hop.release();
    const seen = shown === undefined ? {} : { fingerprint: shown };
    if (judged === undefined) signal.throwIfAborted();
    return { ...(judged ?? missed(told(error))), ...seen };
  }
}

const settingsOf = (host: Host, { address }: Wired, reach: Reach): SshSettings =>
  reach.sshConfig.settings({ name: host.name, address, user: host.login.user });

/** The socket of the route: from here, or from the last hop. What ~/.ssh/config calls ProxyJump must be hosts of the inventory. */
export async function farEnd(host: Host, route: Wired, reach: Reach, through: Through, signal: AbortSignal): Promise<Hop> {
  if (route.kind === 'jump') return through(route.via, route.address, route.port, signal);
  const { hostName = route.address, proxyJump, refuse } = settingsOf(host, route, reach);
  if (refuse !== undefined) throw new SwarmError('SW2001', `~/.ssh/config refuses it: ${refuse}`, {});
  const last = proxyJump.at(-1);
  if (last !== undefined) return through(last.replace(/^.*@/, '').replace(/:\d+$/, '') as HostName, hostName, route.port, signal);
  const stream = await dialTcp(hostName, route.port, signal);
  return { stream, release: async () => void stream.destroy() };
}

async function overProcess(
  host: Host,
  route: Extract<Route, { kind: 'here' | 'command' }>,
  reach: Reach,
  signal: AbortSignal,
): Promise<Attempt> {
  if (route.kind === 'command' && host.identity?.machineId === undefined) return { status: 'untrusted', error: unprovable(host) };
  const { processCarrier } = await import('../transport/process-transport.ts');
  const carrier = processCarrier(route.kind === 'command' ? route.argv : undefined);
  const open = route.kind === 'here' ? (become: Become | undefined) => openShell(carrier, become) : undefined;
  return prove(host, route, reach, carrier, signal, async () => undefined, open);
}

/** The probe on a new shell: its text goes with the request for the shell, so the answer costs no round trip of its own.
 *  Without `open` every further shell is a process of its own, and has to prove the same machine again. */
async function prove(
  host: Host,
  route: Route,
  reach: Reach,
  carrier: Carrier & { readonly hostKey?: { readonly type: string; readonly blob: string } },
  signal: AbortSignal,
  release: () => Promise<void>,
  open?: (become: Become | undefined) => Promise<Opened>,
): Promise<Attempt> {
  const onAbort = (): void => void carrier.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const { opened, told } = await proveShell(carrier, undefined);
    const judged = judgeMachine(host, told.machineId, reach.hosts);
    if (judged !== undefined) {
      await carrier.close();
      return judged;
    }
    const { bootId, initStart, machineId, facts } = told;
    const proof = {
      bootId,
      initStart,
      ...(machineId === undefined ? {} : { machineId }),
      ...(carrier.hostKey === undefined ? {} : { hostKey: carrier.hostKey }),
    };
    const again: typeof open = async (become) => {
      const next = await proveShell(carrier, become);
      if (sameMachine(next.told, told)) return next.opened;
      next.opened.session.close();
      throw new SwarmError('SW3004', `${routeText(route)} leads to another machine or boot than before`, {});
    };
    const connection = makeConnection({ host, route, proof, facts }, carrier, open ?? again, opened, release);
    return { status: 'proven', connection };
  } catch (error) {
    await carrier.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const sameMachine = (one: Told, other: Told): boolean =>
  one.machineId === other.machineId && one.bootId === other.bootId && one.initStart === other.initStart;
