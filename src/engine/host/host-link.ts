import { setMaxListeners } from 'node:events';
import type PQueue from 'p-queue';
import { raceWithAbort } from '../../core/abort.ts';
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
import { createBecomeCache } from './become-cache.ts';
import { createCurrentConnection } from './current-connection.ts';
import { dialInPool } from './dial-in-pool.ts';
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
  let connected = 0;
  const givenUp = new AbortController();
  setMaxListeners(0, givenUp.signal); // one for each operation under way
  const current = createCurrentConnection((error) => deps.emit({ type: 'host.lost', host: host.name, error: toErrorJson(error) }));
  const tunnels = createLinkTunnels(deps, current.isLost);

  const dial = (): Promise<Connection> =>
    dialInPool(deps.connectPool, async () => {
      const begin = deps.clock.now();
      const asked = { host, login }; // a play may change them meanwhile
      givenUp.signal.throwIfAborted();
      const connection = await deps.connect(host, AbortSignal.any([deps.signal, givenUp.signal]));
      connected += 1;
      deps.emit(connectedEvent(asked, connection, Math.round(deps.clock.now() - begin)));
      current.watch(connection);
      await tunnels.restore(connection);
      return connection;
    });
  const orGivenUp = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => raceWithAbort(raceWithAbort(work, givenUp.signal), signal);
  const connect = (signal: AbortSignal): Promise<Connection> =>
    givenUp.signal.aborted ? Promise.reject(givenUp.signal.reason) : orGivenUp(current.get(dial), signal);

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
      current.leave();
    },
    connect,
    renew: async (signal) => current.replace(await orGivenUp(dial(), signal)),
    renewLater: current.leave,
    reportLoss: current.lose,
    givenUp: givenUp.signal,
    giveUp(error) {
      givenUp.abort(error);
      current.loseCurrent(error);
    },
    get connected() {
      return connected;
    },
    as: createBecomeCache(),
    expose: async (port, signal, at) => tunnels.open(await connect(signal), port, signal, at),
    close: current.close,
  };
}

function connectedEvent({ host, login }: Pick<HostLink, 'host' | 'login'>, connection: Connection, ms: number): RunEventData {
  const { hostKey } = connection.proof;
  return {
    type: 'host.connected',
    host: host.name,
    route: formatRoute(connection.route),
    ...(hostKey === undefined ? {} : { fingerprint: fingerprint(hostKey.blob) }),
    cores: host.cores ?? connection.facts.cores ?? 1,
    ms,
    ...(isSameLogin(login, {}) ? {} : { login }),
  };
}
