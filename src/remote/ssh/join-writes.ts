import type { Duplex } from 'node:stream';

/** Lets what is written to a stream in one tick leave in one piece. ssh2 writes each packet in three (length, content, seal), and a
 *  host that gets them one by one wakes up three times. Returns the stream. */
export function joinWrites<S extends Duplex>(stream: S): S {
  // the stream through a jump host has no way of its own to write several pieces as one
  stream._writev ??= (pieces, done) => stream._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), 'binary', done);
  const write = stream.write.bind(stream) as Duplex['write'];
  const uncork = (): void => stream.uncork();
  const writeLater = (...args: Parameters<Duplex['write']>): boolean => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
  return Object.assign(stream, { write: writeLater });
}
