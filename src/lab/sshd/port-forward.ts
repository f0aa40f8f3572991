import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Connection, ServerChannel } from 'ssh2';
import type { Faults } from './faults.ts';

/** Tunnels of one connection, both directions: direct-tcpip (so a drone can be a jump host) and tcpip-forward. */
export function serveForwards(connection: Connection, faults: Faults, closed: Promise<void>): void {
  const listening = new Map<string, Server>();
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket)).on('error', () => {});
  };
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    if (faults.forwards === 'refused') return reject();
    const socket = track(connect({ host: destIP, port: destPort, allowHalfOpen: true, noDelay: true }));
    socket.once('error', () => reject()); // ssh2 minds only the first answer
    socket.once('connect', () => pipeBothWays(accept(), socket));
  });
  connection.on('request', (accept, reject, name, info) => {
    if (name !== 'tcpip-forward' && name !== 'cancel-tcpip-forward') return reject?.();
    const { bindAddr, bindPort } = info as { readonly bindAddr: string; readonly bindPort: number };
    if (name === 'cancel-tcpip-forward') {
      const server = listening.get(`${bindAddr}:${bindPort}`);
      listening.delete(`${bindAddr}:${bindPort}`);
      server?.close();
      return server === undefined ? reject?.() : accept?.();
    }
    if (faults.forwards === 'refused') return reject?.();
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      track(socket);
      const port = (server.address() as AddressInfo | null)?.port ?? bindPort;
      connection.forwardOut(bindAddr, port, socket.remoteAddress ?? '', socket.remotePort ?? 0, (error, channel) => {
        if (error === undefined || error === null) pipeBothWays(channel, socket);
        else socket.destroy();
      });
    });
    server.once('error', () => reject?.());
    // as with GatewayPorts no: loopback, whatever was asked for
    server.listen(bindPort, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      listening.set(`${bindAddr}:${port}`, server);
      accept?.(port);
    });
  });
  void closed.then(() => {
    for (const server of listening.values()) server.close();
    for (const socket of sockets) socket.destroy();
  });
}

/** Bytes both ways with half-close: ssh2's server side has no `end()` that leaves the other direction open. */
function pipeBothWays(channel: ServerChannel, socket: Socket): void {
  const half = channel as ServerChannel & { eof(): void; close(): void };
  channel.on('error', () => {});
  channel.pipe(socket);
  socket.on('data', (chunk) => {
    if (channel.write(chunk)) return;
    socket.pause();
    channel.once('drain', () => socket.resume());
  });
  const flushed = new Promise<void>((resolve) => {
    socket.once('end', () =>
      channel.write(Buffer.alloc(0), () => {
        half.eof();
        resolve();
      }),
    );
  });
  socket.once('close', (failed) => {
    if (failed) half.close();
    else void flushed.then(() => half.close());
  });
  channel.once('close', () => socket.destroySoon());
}
