import { raceWithAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { ConnectOptions } from './connect-options.ts';
import { findTransport } from './create-connection.ts';
import type { Hop, HopOpener } from './route-stream.ts';

/** Connects to a jump host as to any host: `chain` names the hosts that wait for it. */
export type JumpConnector = (host: Host, chain: readonly HostName[], signal: AbortSignal) => Promise<Connection>;

interface SharedConnection {
  users: number;
  readonly connection: Promise<Connection>;
  readonly abort: AbortController;
}

/** Twenty hosts behind one jump share its connection: sshd refuses more than ten logins under way at once. */
const sharedConnections = new WeakMap<ConnectOptions, Map<HostName, SharedConnection>>();

/** How the hosts of `chain` reach what lies behind another one. Throws SW1304 for a circle or an unknown name. */
export function createJumpOpener(options: ConnectOptions, chain: readonly HostName[], connectJump: JumpConnector): HopOpener {
  return async (via, address, port, deadline, connectMs) => {
    const { signal } = deadline;
    const host = options.hosts.find((each) => each.name === via);
    if (host === undefined) throw new SwarmError('SW1304', `the jump host ${via} is not in the inventory`, {});
    if (chain.includes(via)) throw new SwarmError('SW1304', `the jump hosts form a circle: ${[...chain, via].join(' → ')}`, {});
    const link = borrowConnection(options, host, (stop) => connectJump(host, chain, stop));
    try {
      const connection = await raceWithAbort(link.connection, signal);
      const transport = findTransport(connection);
      if (transport === undefined) throw new Error('a connection without a transport');
      deadline.begin('connect', connectMs);
      const stream = await raceWithAbort(transport.openTcpStream(address, port), signal);
      return createHop(stream, link.release);
    } catch (error) {
      await link.release();
      if (error instanceof SwarmError && !signal.aborted)
        throw new SwarmError(error.code, `through ${via}: ${error.message}`, { ...errorFields(error), cause: error });
      throw error;
    }
  };
}

const errorFields = ({ hint, detail }: SwarmError): { readonly hint: string | undefined; readonly detail: string | undefined } => ({
  hint,
  detail,
});

function createHop(stream: Hop['stream'], release: () => Promise<void>): Hop {
  return {
    stream,
    release: async () => {
      stream.destroy();
      await release();
    },
  };
}

function borrowConnection(
  options: ConnectOptions,
  host: Host,
  connect: (stop: AbortSignal) => Promise<Connection>,
): { readonly connection: Promise<Connection>; release(): Promise<void> } {
  const links = sharedConnections.get(options) ?? new Map<HostName, SharedConnection>();
  sharedConnections.set(options, links);
  const link = links.get(host.name) ?? openShared(links, host.name, connect);
  link.users++;
  let released = false;
  return {
    connection: link.connection,
    release: async () => {
      if (released) return;
      released = true;
      if (--link.users > 0) return;
      forgetShared(links, host.name, link);
      link.abort.abort(new SwarmError('SW2005', 'the connection over the jump host is no longer needed', {}));
      await link.connection.then((connection) => connection[Symbol.asyncDispose]()).catch(() => undefined);
    },
  };
}

function openShared(
  links: Map<HostName, SharedConnection>,
  name: HostName,
  connect: (stop: AbortSignal) => Promise<Connection>,
): SharedConnection {
  const stop = new AbortController();
  const link: SharedConnection = { users: 0, connection: connect(stop.signal), abort: stop };
  links.set(name, link);
  link.connection.then(
    (connection) => void connection.closed.then(() => forgetShared(links, name, link)),
    () => forgetShared(links, name, link),
  );
  return link;
}

function forgetShared(links: Map<HostName, SharedConnection>, name: HostName, link: SharedConnection): void {
  if (links.get(name) === link) links.delete(name);
}
