import type { Connection, Facts, Proof } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { DEFAULT_LEAST_RATE, type Host } from '../../core/inventory/host.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { Route } from '../../core/inventory/route.ts';
import type { ShellSession } from '../session/open-sessions.ts';
import { createSessionPool, type SessionPool } from '../session/session-pool.ts';
import { toExecCommand } from '../session/shell-text.ts';
import type { ShellAccess } from '../session/start/start-answering.ts';
import { TRANSFER_WINDOW_MS } from '../session/transfer-limit.ts';
import type { Transport } from '../transport/transport.ts';
import { execOnHost, exposePort, readHostFile, writeHostFile } from './host-operations.ts';
import { openPipe } from './open-pipe.ts';
import type { UserAccess } from './user-access.ts';

/** What was proved before a connection may exist. */
export interface ProvenHost {
  readonly host: Host;
  readonly route: Route;
  readonly proof: Proof;
  readonly facts: Facts;
}

/** How each further session is opened: only a shell, or (where each is a process of its own) proved once more. */
export type SessionOpener = (become: Become | undefined) => Promise<ShellSession>;

const transports = new WeakMap<Connection, Transport>();

/** What carries a connection: for the stream that a jump needs. */
export const findTransport = (connection: Connection): Transport | undefined => transports.get(connection);

/** The one maker of connections; `first` is the session on which the machine proved itself. */
export function createConnection(
  provenHost: ProvenHost,
  access: ShellAccess,
  openSession: SessionOpener,
  firstSession: ShellSession,
): Connection {
  const { host } = provenHost;
  const { transport } = access;
  const pools = new Map<string, SessionPool>();
  const findPool = (become: Become | undefined): SessionPool => {
    const name = become === undefined ? '' : `${become.method} ${become.user}`;
    const pool = pools.get(name) ?? createSessionPool(() => openSession(become), become === undefined ? firstSession : undefined);
    pools.set(name, pool);
    return pool;
  };
  const close = async (): Promise<void> => {
    const loss = await Promise.race([transport.closed, undefined]); // known where the link is lost already
    for (const pool of pools.values()) pool.close(loss);
    await transport.close();
  };
  findPool(undefined);
  const transferLimit = { leastRate: host.leastRate ?? DEFAULT_LEAST_RATE, windowMs: TRANSFER_WINDOW_MS };
  const createUserConnection = (become: Become | undefined): Connection => {
    const asRoot = become !== undefined || provenHost.facts.user === 'root';
    const userAccess: UserAccess = { ...access, pool: findPool(become), become, asRoot, transferLimit };
    return {
      ...provenHost,
      closed: transport.closed,
      exec: (command, signal, onLine) => withHostName(host, () => execOnHost(userAccess, command, signal, onLine)),
      read: (path, signal) => withHostName(host, () => readHostFile(userAccess, path, signal)),
      write: (path, content, meta, signal) => withHostName(host, () => writeHostFile(userAccess, path, content, meta, signal)),
      open: (command, signal) => withHostName(host, () => openPipe(userAccess, toExecCommand(command), signal, command.transfer)),
      expose: (port, signal, at) => withHostName(host, () => exposePort(transport, port, signal, at)),
      withBecome: (other) => (other === undefined ? base : createUserConnection(other)),
      // a connection from withBecome() does not own the link: the base connection closes it
      [Symbol.asyncDispose]: () => (become === undefined ? close() : Promise.resolve()),
    };
  };
  const base = createUserConnection(undefined);
  transports.set(base, transport);
  return base;
}

/** Errors carry the name of the host they come from. */
async function withHostName<T>(host: Host, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SwarmError) || error.host !== undefined) throw error;
    throw error.with({ host: host.name });
  }
}
