import { setMaxListeners } from 'node:events';
import { raceWithAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import type { RunEventData } from '../../core/event.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Project } from '../project/project.ts';
import { createConnector } from './connectors.ts';

type Connector = ReturnType<typeof createConnector>;

/** Connections that begin before the engine asks for them. */
export interface EarlyConnections extends AsyncDisposable {
  /** The connector of the run. It hands out what has begun, once for each host, if it logs in as the inventory says.
   *  Events of the routes wait for its first call. */
  connector(emit: (fact: RunEventData) => void): Connector;
}

/** Begins to connect to these hosts. Each proves itself as in any connection. Closes, at the end, the connections that the run did not
 *  use. */
export function connectEarly(project: Project, hosts: readonly Host[], signal: AbortSignal): EarlyConnections {
  const waiting: RunEventData[] = [];
  let emitNow: ((fact: RunEventData) => void) | undefined;
  const connect = createConnector(project, (fact) => (emitNow === undefined ? void waiting.push(fact) : emitNow(fact)));
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  setMaxListeners(0, both);
  const begun = new Map<Host, Promise<Connection>>(hosts.map((host) => [host, connect(host, both)]));
  for (const connection of begun.values()) connection.catch(() => undefined); // who takes it gets the error
  return {
    connector: (emit) => (host, stopWaiting) => {
      emitNow = emit;
      for (const fact of waiting.splice(0)) emit(fact);
      const first = begun.get(host);
      begun.delete(host);
      return first === undefined ? connect(host, stopWaiting) : takeConnection(first, stopWaiting);
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the run is over'));
      await Promise.all([...begun.values()].map(closeWhenOpen));
    },
  };
}

/** The connection. Where the signal comes first: throws its reason, and closes the connection when it opens. */
async function takeConnection(connection: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  try {
    return await raceWithAbort(connection, signal);
  } catch (error) {
    void closeWhenOpen(connection);
    throw error;
  }
}

const closeWhenOpen = (connection: Promise<Connection>): Promise<void> =>
  connection.then(
    (open) => open[Symbol.asyncDispose](),
    () => undefined,
  );
