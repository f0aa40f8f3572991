import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** What Node has of the system's side of a socket. It has no public name. */
interface SystemSide {
  readonly bytesWritten?: number;
  /** Bytes that the system has not taken yet. */
  readonly writeQueueSize?: number;
}

const carriers = new WeakMap<Duplex, Duplex>();

/** Says that a stream goes through the connection over `carrier`. */
export function setCarrier<S extends Duplex>(stream: S, carrier: Duplex): S {
  carriers.set(stream, carrier);
  return stream;
}

/** How many bytes the machine at the other end of a TCP connection has acknowledged, of the connection that carries the stream. Undefined where
 *  the system does not say. */
export function takenBytes(stream: Duplex): number | undefined {
  const carrier = carriers.get(stream);
  if (carrier !== undefined) return takenBytes(carrier);
  if (!(stream instanceof Socket)) return undefined;
  const { bytesWritten, writeQueueSize } = (stream as { readonly _handle?: SystemSide | null })._handle ?? {};
  const waiting = findSendQueue(stream);
  if (bytesWritten === undefined || writeQueueSize === undefined || waiting === undefined) return undefined;
  return bytesWritten - writeQueueSize - waiting;
}

/** Bytes that the system has sent or will send, and that are not acknowledged: proc_net(5). */
function findSendQueue({ localPort, remotePort }: Socket): number | undefined {
  if (localPort === undefined || remotePort === undefined) return undefined;
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(`:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]+):`);
  for (const table of ['tcp', 'tcp6']) {
    const queue = line.exec(readTable(table))?.[1];
    if (queue !== undefined) return Number.parseInt(queue, 16);
  }
  return undefined;
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'latin1');
  } catch {
    return ''; // no IPv6, or no /proc
  }
}
