import type { Duplex } from 'node:stream';
import type { Tunnel } from '../../core/connection.ts';
import type { HostKey } from '../../core/inventory/host-identity.ts';

/** One process at the far end: three streams and how it ended. */
export interface RemoteProcess {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
  /** Exit status (128 + n after signal n) once both outputs are read; rejects with SW2005 when the link was lost first. */
  readonly done: Promise<number>;
  /** TERM to the process where that is possible, and no more of its output. */
  end(): void;
}

/** What carries shells and bytes to one machine: an SSH connection, or processes of this machine. */
export interface Transport {
  /** A program with its arguments, by way of the login shell. */
  startProcess(argv: readonly [string, ...string[]]): Promise<RemoteProcess>;
  /** A loopback port of the machine that leads to 127.0.0.1:`port` of this machine. Throws SW2007. */
  expose(port: number, hostPort: number | undefined): Promise<Tunnel>;
  /** A TCP stream from that machine to an address as that machine sees it. Throws SW2001, SW2010. */
  openTcpStream(address: string, port: number): Promise<Duplex>;
  /** The host keys with which the machine signs this very session, beside the one of the handshake: none where it cannot. Absent where
   *  there is no SSH. */
  proveHostKeys?(): Promise<readonly HostKey[]>;
  /** Settles once: with the reason when the connection was lost, with undefined when swarm closed it. */
  readonly closed: Promise<Error | undefined>;
  close(): Promise<void>;
}
