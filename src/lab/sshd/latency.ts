import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Faults } from './faults.ts';

/** The socket as it is, until `faults.delayMs` is set: then every chunk arrives that much later, each way, in order. */
export function withLatency(socket: Socket, faults: Faults): Socket {
  let waiting = 0;
  const later = (act: () => void): void => {
    if (faults.delayMs === 0 && waiting === 0) {
      act();
      return;
    }
    waiting++;
    setTimeout(() => {
      waiting--;
      act();
    }, faults.delayMs).unref();
  };
  const wire = new Duplex({
    read: () => socket.resume(),
    write: (chunk, _, done) => {
      later(() => {
        if (socket.writable) socket.write(chunk);
      });
      done();
    },
    final: (done) => {
      later(() => void socket.end());
      done();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk) =>
    later(() => {
      if (!wire.push(chunk)) socket.pause();
    }),
  );
  socket.once('end', () => later(() => void wire.push(null)));
  socket.once('error', (error) => wire.destroy(error));
  socket.once('close', () => wire.destroy());
  const { remoteAddress, remotePort, remoteFamily } = socket;
  return Object.assign(wire, { remoteAddress, remotePort, remoteFamily }) as unknown as Socket;
}
