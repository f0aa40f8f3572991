import { setMaxListeners } from 'node:events';
import type PQueue from 'p-queue';
import { raceWithAbort, waitAtMost } from '../../core/abort.ts';
import type { Connection, Tunnel } from '../../core/connection.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEventData } from '../../core/event.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint } from '../../core/inventory/host-identity.ts';
import type { Become } from '../../core/inventory/login.ts';
import { isSameLogin, type PlayLogin, withPlayLogin } from '../../core/inventory/play-login.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import type { Clock } from '../clock.ts';
import { createLinkTunnels } from './link-tunnels.ts';

/** The connection to one host during a run. It is made when it is first used, and again after a loss. */
export interface HostLink {
  /** As it is logged in to: a play may name another user or port than the inventory. */
  readonly host: Host;
  /** What the play says of the login; empty: the inventory decides. */
  readonly login: PlayLogin;
  /** Lets later operations log in so. Where that differs, they make a new connection. */
  logInAs(login: PlayLogin): void;
  /** A proven connection that is not known to be lost. Throws what `connect()` of remote throws. */
  connect(signal: AbortSignal): Promise<Connection>;
  /** Makes a new connection, which later operations use. Those that go on keep the old one. Throws what `connect()` throws. */
  renew(signal: AbortSignal): Promise<void>;
  /** Lets the next operation make a new connection. Those that go on keep the old one. */
  renewLater(): void;
  /** The connection with another `become`. Made once for each connection and user. */
  as(connection: Connection, become: Become | undefined): Connection;
  /** Marks a connection as lost after an operation failed. The next `connect` makes a new one. */
  reportLoss(connection: Connection, error: unknown): void;
  /** A loopback port of the host that leads to `port` of this machine. After a loss it opens again at the same port. */
  expose(port: number, signal: AbortSignal, at?: number): Promise<Tunnel>;
  /** The host will not come back: ends its connection, and whoever waits for it gets the error at once. */
  giveUp(error: SwarmError): void;
  /** Aborted with the error when the host is given up. */
  readonly givenUp: AbortSignal;
  /** How many connections were made. */
  readonly connected: number;
  close(): Promise<void>;
}

/** What a link needs from its run. */
export interface HostLinkDeps {
  connect(host: Host, signal: AbortSignal): Promise<Connection>;
  emit(fact: RunEventData): void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Limits how many hosts are connected to at the same time. */
  readonly connectPool: PQueue;
}

/** Makes the link to one host, without connecting. */
export function createHostLink(inventoryHost: Host, deps: HostLinkDeps): HostLink {
  let host = inventoryHost;
  let login: PlayLogin = {};
  let current: Promise<Connection> | undefined;
  let connected = 0;
  let closed = false;
  const givenUp = new AbortController();
  setMaxListeners(0, givenUp.signal); // one for each operation under way
  const lostConnections = new WeakSet<Connection>();
  const replaced: Connection[] = [];
  const tunnels = createLinkTunnels(deps, (connection) => lostConnections.has(connection));

  const lost = (connection: Connection, error: unknown): void => {
    if (closed || lostConnections.has(connection)) return;
    lostConnections.add(connection);
    current = undefined;
    deps.emit({ type: 'host.lost', host: host.name, error: toErrorJson(error) });
    Promise.resolve(connection[Symbol.asyncDispose]()).catch(() => {}); // it is closed already
  };
  const replace = async (before: Promise<Connection> | undefined): Promise<void> => {
    const old = await before?.catch(() => undefined);
    if (old === undefined || lostConnections.has(old)) return;
    lostConnections.add(old); // its end is not a loss
    replaced.push(old);
  };
  const watch = async (connection: Connection): Promise<void> => {
    const reason = await connection.closed.catch((error: unknown) => error);
    if (reason !== undefined) lost(connection, reason);
    else if (!lostConnections.has(connection)) current = undefined;
  };
  const dial = async (): Promise<Connection> => {
    const begin = deps.clock.now();
    const saidByPlay = isSameLogin(login, {}) ? {} : { login };
    givenUp.signal.throwIfAborted();
    const connection = await deps.connect(host, AbortSignal.any([deps.signal, givenUp.signal]));
    const { hostKey } = connection.proof;
    connected += 1;
    deps.emit({
      type: 'host.connected',
      host: host.name,
      route: formatRoute(connection.route),
      ...(hostKey === undefined ? {} : { fingerprint: fingerprint(hostKey.blob) }),
      cores: host.cores ?? connection.facts.cores ?? 1,
      ms: Math.round(deps.clock.now() - begin),
      ...saidByPlay,
    });
    void watch(connection);
    await tunnels.restore(connection);
    return connection;
  };
  const get = (signal: AbortSignal): Promise<Connection> => {
    if (givenUp.signal.aborted) return Promise.reject(givenUp.signal.reason);
    if (current === undefined) {
      const dialled = dialInPool(deps.connectPool, dial);
      current = dialled;
      dialled.catch(() => {
        if (current === dialled) current = undefined;
      });
    }
    return raceWithAbort(raceWithAbort(current, givenUp.signal), signal);
  };

  const renewLater = (): void => {
    void replace(current);
    current = undefined;
  };

  return {
    get host() {
      return host;
    },
    get login() {
      return login;
    },
    logInAs(wanted) {
      if (isSameLogin(login, wanted)) return;
      login = wanted;
      host = withPlayLogin(inventoryHost, wanted);
      renewLater();
    },
    connect: get,
    async renew(signal) {
      const before = current;
      const next = await raceWithAbort(raceWithAbort(dialInPool(deps.connectPool, dial), givenUp.signal), signal);
      await replace(before);
      current = Promise.resolve(next);
    },
    renewLater,
    reportLoss: lost,
    givenUp: givenUp.signal,
    giveUp(error) {
      givenUp.abort(error);
      current?.then((connection) => lost(connection, error)).catch(() => {});
    },
    get connected() {
      return connected;
    },
    as: createBecomeCache(),
    expose: async (port, signal, at) => tunnels.open(await get(signal), port, signal, at),
    async close() {
      closed = true;
      await Promise.allSettled(replaced.map((each) => each[Symbol.asyncDispose]()));
      const last = await current?.catch(() => undefined);
      if (last !== undefined && !lostConnections.has(last)) await last[Symbol.asyncDispose]();
    },
  };
}

/** Makes the connection with another `become` once for each connection and user. */
function createBecomeCache(): HostLink['as'] {
  const made = new WeakMap<Connection, Map<string, Connection>>();
  return (connection, become) => {
    const key = become === undefined ? '' : `${become.method} ${become.user}`;
    const known = made.get(connection) ?? new Map<string, Connection>();
    made.set(connection, known);
    const shell = known.get(key) ?? connection.withBecome(become);
    known.set(key, shell);
    return shell;
  };
}

/** After this time a connection that is still opening leaves its place in the pool: otherwise all hosts wait for those that swallow packets. */
const LONGEST_TURN_MS = 1000;

/** Waits for its turn in the pool, then runs `dial`. */
function dialInPool(pool: PQueue, dial: () => Promise<Connection>): Promise<Connection> {
  return new Promise((resolve) => {
    void pool.add(async () => {
      const dialled = dial();
      resolve(dialled);
      await waitAtMost<unknown>(LONGEST_TURN_MS, dialled, undefined);
    });
  });
}
