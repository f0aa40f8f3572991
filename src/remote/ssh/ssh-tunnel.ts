import { connect as dialTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AcceptConnection, Client, ClientChannel, TcpConnectionDetails } from 'ssh2';
import type { Tunnel } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { rejectWhenClosed, toConnectionLost } from './ssh-process.ts';

const LOOPBACK = '127.0.0.1';
/** Streams that one host may have open at a time: a package manager needs a few, and each costs a descriptor of this machine. */
const MOST_STREAMS = 64;

/** Remote forwards of one client. Throws SW2007 when the host allows none, SW2005 when the link is lost. */
export function createPortExposer(
  client: Client,
): (port: number, at: number | undefined, closed: Promise<Error | undefined>) => Promise<Tunnel> {
  const localPorts = new Map<number, number>();
  let streams = 0;
  client.on('tcp connection', (details: TcpConnectionDetails, accept: AcceptConnection<ClientChannel>, reject: () => void) => {
    const port = localPorts.get(details.destPort);
    if (port === undefined || streams >= MOST_STREAMS) return reject();
    streams++;
    pipeToLocalPort(accept(), port, () => streams--);
  });
  return async (port, at, closed) => {
    const bound = await awaitReply<number>(
      closed,
      (done) => client.forwardIn(LOOPBACK, at ?? 0, done),
      (error) =>
        new SwarmError('SW2007', `the host refuses to open a loopback port${at === undefined ? '' : ` ${at}`}: ${error.message}`, {
          hint: 'Allow remote forwards in sshd_config of the host (AllowTcpForwarding), and check that the port is free.',
        }),
    );
    localPorts.set(bound, port);
    return {
      port: bound,
      [Symbol.asyncDispose]: async () => {
        if (!localPorts.delete(bound)) return;
        await awaitReply<undefined>(
          closed,
          (done) => client.unforwardIn(LOOPBACK, bound, (error) => done(error ?? undefined, undefined)),
          (error) => error,
        ).catch(() => undefined);
      },
    };
  };
}

/** A stream from the host to an address as the host sees it. Throws SW2001 when nothing answers, SW2010 when forwarding
 *  is forbidden. */
export function openForwardedStream(client: Client, address: string, port: number, closed: Promise<Error | undefined>): Promise<Duplex> {
  return awaitReply<ClientChannel>(
    closed,
    (done) => client.forwardOut(LOOPBACK, 0, address, port, done),
    (error: Error & { reason?: unknown }) => {
      const forbidden = error.reason === 1 || /prohibited/i.test(error.message); // SSH_OPEN_ADMINISTRATIVELY_PROHIBITED
      return forbidden
        ? new SwarmError('SW2010', `the jump host refuses to forward a connection: ${error.message}`, {
            hint: 'Allow it in sshd_config of the jump host (AllowTcpForwarding).',
          })
        : new SwarmError('SW2001', `${address}:${port} does not answer: ${error.message}`, {});
    },
  );
}

function awaitReply<T>(
  closed: Promise<Error | undefined>,
  send: (done: (error: Error | undefined, value: T) => void) => void,
  toError: (error: Error) => Error,
): Promise<T> {
  const reply = new Promise<T>((resolve, reject) =>
    send((error, value) => (error ? reject(toConnectionLost(error) ?? toError(error)) : resolve(value))),
  );
  return Promise.race([reply, rejectWhenClosed(closed)]);
}

/** Both ways, until either side ends; a failure of one is the end of the other. */
function pipeToLocalPort(channel: ClientChannel, port: number, onClose: () => void): void {
  const socket = dialTcp({ host: LOOPBACK, port, noDelay: true });
  const drop = (): void => {
    socket.destroy();
    channel.close();
  };
  socket.on('error', drop);
  socket.once('close', () => {
    channel.close();
    onClose();
  });
  channel.on('error', drop);
  channel.on('close', () => socket.destroySoon());
  channel.pipe(socket);
  socket.pipe(channel);
}
