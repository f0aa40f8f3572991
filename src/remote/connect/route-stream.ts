import type { Duplex } from 'node:stream';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { JumpHop } from '../ssh-config/jump-hop.ts';
import type { SshSettings } from '../ssh-config/ssh-config.ts';
import { connectTcp } from '../transport/tcp-socket.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { StageDeadline } from './stage-deadline.ts';

/** A stream to a jump host's far side, and what gives the jump host back. */
export interface Hop {
  readonly stream: Duplex;
  release(): Promise<void>;
}

/** What a connection jumps over: a host of the inventory, or the hops of a ProxyJump, of which the last one is next to the target. */
export type JumpPath = HostName | readonly JumpHop[];

/** Opens a stream through a jump host. */
export type HopOpener = (via: JumpPath, address: string, port: number, deadline: StageDeadline, connectMs: number) => Promise<Hop>;

/** A route that speaks SSH. */
export type SshRoute = Exclude<Route, { kind: 'here' | 'command' }>;

/** What ~/.ssh/config sets for the host on this route. */
export const findSshSettings = (host: Host, { address }: SshRoute, { sshConfig }: Pick<ConnectOptions, 'sshConfig'>): SshSettings =>
  sshConfig.settings({ name: host.name, address, ...(host.login.assumedUser ? {} : { user: host.login.user }) });

/** The socket of the route: from this machine, or from the last hop. */
export async function openRouteStream(
  host: Host,
  route: SshRoute,
  options: ConnectOptions,
  openHop: HopOpener,
  deadline: StageDeadline,
  connectMs: number,
): Promise<Hop> {
  const { hostName = route.address, proxyJump, refusalReason, addressFamily, bindAddress } = findSshSettings(host, route, options);
  if (refusalReason !== undefined) throw new SwarmError('SW2001', `~/.ssh/config does not allow the connection: ${refusalReason}`, {});
  if (route.kind === 'jump') return openHop(route.via, hostName, route.port, deadline, connectMs);
  if (proxyJump.length > 0) return openHop(proxyJump, hostName, route.port, deadline, connectMs);
  deadline.begin('connect', connectMs);
  const stream = await connectTcp({ address: hostName, port: route.port, family: addressFamily, bindAddress }, deadline.signal);
  return { stream, release: async () => void stream.destroy() };
}
