import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Below the least limit of open files that systems set, with a file for each download. */
const MAX_CONNECTIONS = 400;
/** A client that takes no byte for this long is gone. */
const SILENCE_MS = 120_000;

/** Keeps a server from running out of files: of too many connections, the one that has asked for nothing for the longest time ends. */
export function limitConnections(server: Server, limit = MAX_CONNECTIONS): void {
  server.setTimeout(SILENCE_MS);
  const idle = new Set<Socket>(); // the longest idle first
  let open = 0;
  server.on('connection', (socket: Socket) => {
    open += 1;
    idle.add(socket);
    socket.once('close', () => {
      open -= 1;
      idle.delete(socket);
    });
    if (open > limit) [...idle][0]?.destroy();
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
  });
}
