import type { Connection, Tunnel } from '../../core/connection.ts';
import type { Clock } from '../clock.ts';
import { isConnectionLoss } from './connection-loss.ts';

const RETRY_MS = 1000;
const RETRIES = 60; // the sshd of the host holds the port until it notices that the old connection is lost

/** The tunnels of a link, which outlive its connections. */
interface LinkTunnels {
  /** A loopback port of the host that leads to `port` of this machine. `at`: the port of the host. */
  open(connection: Connection, port: number, signal: AbortSignal, at: number | undefined): Promise<Tunnel>;
  /** Opens all tunnels again, each at its port, over a new connection. */
  restore(connection: Connection): Promise<void>;
}

interface OpenTunnel {
  readonly port: number;
  readonly at: number;
  now: Tunnel;
}

/** `isLost` tells whether a connection is known to be lost. */
export function createLinkTunnels(
  { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
  isLost: (connection: Connection) => boolean,
): LinkTunnels {
  const tunnels = new Set<OpenTunnel>();
  const restoreOne = async (connection: Connection, tunnel: OpenTunnel): Promise<void> => {
    for (let attempt = 0; attempt < RETRIES && !isLost(connection) && tunnels.has(tunnel); attempt++) {
      try {
        tunnel.now = await connection.expose(tunnel.port, signal, tunnel.at);
        return;
      } catch (error) {
        if (isConnectionLoss(error) || signal.aborted) return;
        await clock.sleep(RETRY_MS, signal).catch(() => {});
      }
    }
  };
  return {
    async open(connection, port, stop, at) {
      const now = await connection.expose(port, stop, at);
      const tunnel = { port, at: now.port, now };
      tunnels.add(tunnel);
      const gone = async (): Promise<void> => {
        if (tunnels.delete(tunnel)) await tunnel.now[Symbol.asyncDispose]();
      };
      return { port: now.port, [Symbol.asyncDispose]: gone };
    },
    async restore(connection) {
      await Promise.all([...tunnels].map((tunnel) => restoreOne(connection, tunnel)));
    },
  };
}
