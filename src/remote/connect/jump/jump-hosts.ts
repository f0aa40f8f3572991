import { raceWithAbort } from '../../../core/abort.ts';
import type { Connection } from '../../../core/connection.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Host } from '../../../core/inventory/host.ts';
import { formatHop, type JumpHop } from '../../ssh-config/jump-hop.ts';
import type { Transport } from '../../transport/transport.ts';
import type { ConnectOptions } from '../connect-options.ts';
import { findTransport } from '../create-connection.ts';
import type { Hop, HopOpener, JumpPath } from '../route-stream.ts';
import { openConfigJump } from './open-config-jump.ts';

/** Connects to a jump host as to any host: `chain` names the hosts that wait for it. */
export type JumpConnector = (host: Host, chain: readonly string[], signal: AbortSignal) => Promise<Connection>;

/** What carries the streams through a jump host. */
type JumpLink = Pick<Transport, 'openTcpStream' | 'closed' | 'close'>;

interface SharedLink {
  users: number;
  readonly link: Promise<JumpLink>;
  readonly abort: AbortController;
}

/** Twenty hosts behind one jump share its connection: sshd refuses more than ten logins under way at once. */
const sharedLinks = new WeakMap<ConnectOptions, Map<string, SharedLink>>();

/** How the hosts of `chain` reach what lies behind another one. Throws SW1304 for a circle or an unknown name. */
export function createJumpOpener(options: ConnectOptions, chain: readonly string[], connectJump: JumpConnector): HopOpener {
  return async (via, address, port, deadline, connectMs) => {
    const { signal } = deadline;
    const { name, open } = findJump(via, options, chain, connectJump);
    const shared = borrowLink(options, name, open);
    try {
      const link = await raceWithAbort(shared.link, signal);
      deadline.begin('connect', connectMs);
      return createHop(await raceWithAbort(link.openTcpStream(address, port), signal), shared.release);
    } catch (error) {
      await shared.release();
      if (error instanceof SwarmError && !signal.aborted)
        throw new SwarmError(error.code, `through ${name}: ${error.message}`, { ...errorFields(error), cause: error });
      throw error;
    }
  };
}

type LinkOpener = (stop: AbortSignal) => Promise<JumpLink>;

/** A hop that is a host of the inventory is reached over its own routes and proved; any other one as ~/.ssh/config says. */
function findJump(
  via: JumpPath,
  options: ConnectOptions,
  chain: readonly string[],
  connectJump: JumpConnector,
): { readonly name: string; readonly open: LinkOpener } {
  const name = typeof via === 'string' ? via : (via.at(-1)?.host ?? '');
  const host = options.hosts.find((each) => each.name === name);
  if (host === undefined && typeof via === 'string') throw new SwarmError('SW1304', `the jump host ${via} is not in the inventory`, {});
  const key = host === undefined ? (via as readonly JumpHop[]).map(formatHop).join(',') : name;
  if (chain.includes(key)) throw new SwarmError('SW1304', `the jump hosts form a circle: ${[...chain, key].join(' → ')}`, {});
  if (host === undefined) {
    const openHop = createJumpOpener(options, [...chain, key], connectJump);
    return { name: key, open: (stop) => openConfigJump(via as readonly JumpHop[], options, openHop, stop) };
  }
  return { name, open: async (stop) => connectionLink(await connectJump(host, chain, stop)) };
}

function connectionLink(connection: Connection): JumpLink {
  const transport = findTransport(connection);
  if (transport === undefined) throw new Error('a connection without a transport');
  return { openTcpStream: transport.openTcpStream, closed: connection.closed, close: async () => connection[Symbol.asyncDispose]() };
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

function borrowLink(
  options: ConnectOptions,
  name: string,
  open: LinkOpener,
): { readonly link: Promise<JumpLink>; release(): Promise<void> } {
  const links = sharedLinks.get(options) ?? new Map<string, SharedLink>();
  sharedLinks.set(options, links);
  const shared = links.get(name) ?? openShared(links, name, open);
  shared.users++;
  let released = false;
  return {
    link: shared.link,
    release: async () => {
      if (released) return;
      released = true;
      if (--shared.users > 0) return;
      forgetShared(links, name, shared);
      shared.abort.abort(new SwarmError('SW2005', 'the connection over the jump host is no longer needed', {}));
      await shared.link.then((link) => link.close()).catch(() => undefined);
    },
  };
}

function openShared(links: Map<string, SharedLink>, name: string, open: LinkOpener): SharedLink {
  const abort = new AbortController();
  const shared: SharedLink = { users: 0, link: open(abort.signal), abort };
  links.set(name, shared);
  shared.link.then(
    (link) => void link.closed.then(() => forgetShared(links, name, shared)),
    () => forgetShared(links, name, shared),
  );
  return shared;
}

function forgetShared(links: Map<string, SharedLink>, name: string, shared: SharedLink): void {
  if (links.get(name) === shared) links.delete(name);
}
