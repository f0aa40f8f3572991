import type { Duplex } from 'node:stream';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { SshSettings } from '../ssh/ssh-config.ts';
import { connectTcp } from '../transport/tcp-socket.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { StageDeadline } from './stage-deadline.ts';

/** A stream to a jump host's far side, and what gives the jump host back. */
export interface Hop {
  readonly stream: Duplex;
  release(): Promise<void>;
}

/** Opens a stream through a jump host. */
export type HopOpener = (via: HostName, address: string, port: number, deadline: StageDeadline, connectMs: number) => Promise<Hop>;

/** A route that speaks SSH. */
export type SshRoute = Exclude<Route, { kind: 'here' | 'command' }>;

/** What ~/.ssh/config sets for the host on this route. */
export const findSshSettings = (host: Host, { address }: SshRoute, options: ConnectOptions): SshSettings =>
  options.sshConfig.settings({ name: host.name, address, user: host.login.user });

/** The socket of the route: from this machine, or from the last hop. What ~/.ssh/config calls ProxyJump must be hosts of the inventory. */
export async function openRouteStream(
  host: Host,
  route: SshRoute,
  options: ConnectOptions,
  openHop: HopOpener,
  deadline: StageDeadline,
  connectMs: number,
): Promise<Hop> {
  if (route.kind === 'jump') return openHop(route.via, route.address, route.port, deadline, connectMs);
  const { hostName = route.address, proxyJump, refusalReason: refuse } = findSshSettings(host, route, options);
  if (refuse !== undefined) throw new SwarmError('SW2001', `~/.ssh/config does not allow the connection: ${refuse}`, {});
  const last = proxyJump.at(-1);
  if (last !== undefined)
    return openHop(last.replace(/^.*@/, '').replace(/:\d+$/, '') as HostName, hostName, route.port, deadline, connectMs);
  deadline.begin('connect', connectMs);
  const stream = await connectTcp(hostName, route.port, deadline.signal);
  return { stream, release: async () => void stream.destroy() };
}
