import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { readOptionalText } from '../../../core/files/read-local-file.ts';

/** More are never needed. */
const MAX_CONNECTIONS = 400;
/** Open files that are no connections of clients, with room for what swarm opens meanwhile. */
const OWN_FILES = 40;
/** A client that takes no byte for this long is gone. */
const SILENCE_MS = 120_000;

/** The connections that a program has the files for, if each may load a file. `limits` is /proc/self/limits; "" where there is none. */
export function countConnections(limits: string): number {
  const files = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.max(2, Math.min(MAX_CONNECTIONS, Math.floor((files - OWN_FILES) / 2)));
}

/** Keeps a server from running out of files: of too many connections, the one that has asked for nothing for the longest time ends. */
export function limitConnections(server: Server, limit = countConnections(readOptionalText('/proc/self/limits') ?? '')): void {
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
