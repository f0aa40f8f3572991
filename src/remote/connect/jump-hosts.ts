import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error.ts';
import type { Host, HostName } from '../../core/host.ts';
import type { Hop, Through } from './attempt-route.ts';
import type { Reach } from './connect-options.ts';
import { carrierOf } from './create-connection.ts';

/** Connects to a jump host as to any host: `chain` names the hosts that wait for it. */
export type Connect = (host: Host, chain: readonly HostName[], signal: AbortSignal) => Promise<Connection>;

interface Shared {
  users: number;
  readonly connection: Promise<Connection>;
  readonly stop: AbortController;
}

/** Twenty hosts behind one jump share its connection: sshd refuses more than ten logins under way at once. */
const shared = new WeakMap<Reach, Map<HostName, Shared>>();

/** How the hosts of `chain` reach what lies behind another one. Throws SW1304 for a circle or an unknown name. */
export function jumps(reach: Reach, chain: readonly HostName[], connect: Connect): Through {
  return async (via, address, port, signal) => {
    const host = reach.hosts.find((each) => each.name === via);
    if (host === undefined) throw new SwarmError('SW1304', `the jump over ${via} leads nowhere: it is not in the inventory`, {});
    if (chain.includes(via)) throw new SwarmError('SW1304', `the jump goes in a circle: ${[...chain, via].join(' → ')}`, {});
    const link = borrow(reach, host, (stop) => connect(host, chain, stop));
    try {
      const connection = await orAborted(link.connection, signal);
      const carrier = carrierOf(connection);
      if (carrier === undefined) throw new Error('a connection without a carrier');
      const stream = await orAborted(carrier.forward(address, port), signal);
      return hopOf(stream, link.release);
    } catch (error) {
      await link.release();
      if (error instanceof SwarmError && !signal.aborted)
        throw new SwarmError(error.code, `through ${via}: ${error.message}`, { ...rest(error), cause: error });
      throw error;
    }
  };
}

const rest = ({ hint, detail }: SwarmError): { readonly hint: string | undefined; readonly detail: string | undefined } => ({
  hint,
  detail,
});

function hopOf(stream: Hop['stream'], release: () => Promise<void>): Hop {
  return {
    stream,
    release: async () => {
      stream.destroy();
      await release();
    },
  };
}

function borrow(
  reach: Reach,
  host: Host,
  connect: (stop: AbortSignal) => Promise<Connection>,
): { readonly connection: Promise<Connection>; release(): Promise<void> } {
  const links = shared.get(reach) ?? new Map<HostName, Shared>();
  shared.set(reach, links);
  const link = links.get(host.name) ?? open(links, host.name, connect);
  link.users++;
  let released = false;
  return {
    connection: link.connection,
    release: async () => {
      if (released) return;
      released = true;
      if (--link.users > 0) return;
      forget(links, host.name, link);
      link.stop.abort(new SwarmError('SW2005', 'nobody needs the jump any more', {}));
      await link.connection.then((connection) => connection[Symbol.asyncDispose]()).catch(() => undefined);
    },
  };
}

function open(links: Map<HostName, Shared>, name: HostName, connect: (stop: AbortSignal) => Promise<Connection>): Shared {
  const stop = new AbortController();
  const link: Shared = { users: 0, connection: connect(stop.signal), stop };
  links.set(name, link);
  link.connection.then(
    (connection) => void connection.closed.then(() => forget(links, name, link)),
    () => forget(links, name, link),
  );
  return link;
}

function forget(links: Map<HostName, Shared>, name: HostName, link: Shared): void {
  if (links.get(name) === link) links.delete(name);
}

/** A stream that comes too late is closed again by its carrier, which nobody holds any more. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
