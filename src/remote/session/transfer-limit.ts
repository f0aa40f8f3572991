import { PassThrough, type Readable, type TransformCallback, Writable } from 'node:stream';
import type { Pipe } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';

/** How slow a transfer may be. */
export interface TransferLimit {
  /** Bytes a second; 0: any. */
  readonly leastRate: number;
  /** The rate is taken over this much time in which the host is waited for. */
  readonly windowMs: number;
}

/** How long a link may be as good as dead before a transfer over it is given up. */
export const TRANSFER_WINDOW_MS = 120_000;

/** Counts the bytes of a transfer. */
export interface RateWatch {
  count(bytes: number): void;
  stop(): void;
}

const TICKS_OF_WINDOW = 12;

/** Calls `onSlow` once, with SW6051, when too few bytes pass. Time in which this machine is waited for does not count. */
export function watchRate(
  { leastRate, windowMs }: TransferLimit,
  isHostWaitedFor: () => boolean,
  onSlow: (error: SwarmError) => void,
): RateWatch {
  let passed = 0;
  let waited = 0;
  const timer = setInterval(() => {
    if (isHostWaitedFor()) waited++;
    if (waited < TICKS_OF_WINDOW) return;
    if (passed < (leastRate * windowMs) / 1000) {
      clearInterval(timer);
      onSlow(slowError(passed, leastRate, windowMs));
    }
    passed = 0;
    waited = 0;
  }, windowMs / TICKS_OF_WINDOW);
  return {
    count: (bytes) => {
      passed += bytes;
    },
    stop: () => clearInterval(timer),
  };
}

const slowError = (bytes: number, leastRate: number, windowMs: number): SwarmError =>
  new SwarmError('SW6051', `the transfer is too slow: ${bytes} bytes in ${windowMs / 1000} s, and at least ${leastRate} a second are due`, {
    hint: 'Look at the link and at the load of the host. Where the link is that slow, write least_rate: with fewer bytes a second for the host in the inventory; 0 is not a limit.',
  });

/** The streams of a pipe, and what ends their watch. */
interface LimitedStreams extends Pick<Pipe, 'stdin' | 'stdout'> {
  stop(): void;
}

/** The streams of a pipe over which a transfer goes in one direction. They fail when it is too slow. */
export function limitTransfer(
  { stdin, stdout }: Pick<Pipe, 'stdin' | 'stdout'>,
  direction: 'to host' | 'from host',
  limit: TransferLimit,
  onSlow: (error: SwarmError) => void,
): LimitedStreams {
  if (direction === 'from host') {
    const { stream, stop } = limitReceiving(stdout, limit, onSlow);
    return { stdin, stdout: stream, stop };
  }
  const { stream, stop } = limitSending(stdin, limit, onSlow);
  return { stdin: stream, stdout, stop };
}

interface Limited<T> {
  readonly stream: T;
  stop(): void;
}

function limitReceiving(
  source: NodeJS.ReadableStream,
  limit: TransferLimit,
  onSlow: (error: SwarmError) => void,
): Limited<NodeJS.ReadableStream> {
  const stream: PassThrough = new PassThrough({
    transform(chunk: Buffer, _, done: TransformCallback) {
      rate.count(chunk.length);
      done(null, chunk);
    },
  });
  const rate = watchRate(
    limit,
    () => stream.readableLength === 0,
    (error) => {
      onSlow(error);
      stream.destroy(error);
    },
  );
  let hasEnded = false;
  source.on('error', (error) => stream.destroy(error)).pipe(stream);
  source.once('end', () => {
    hasEnded = true;
    rate.stop();
  });
  stream.once('close', () => {
    if (!hasEnded && 'destroy' in source) (source as Readable).destroy(); // the reader wants no more
  });
  return { stream, stop: rate.stop };
}

/** So much counts when the host has taken it. */
const PIECE_BYTES = 16 * 1024;
/** sshd says at the latest after so many bytes that it has taken them: a window must have room for them. */
const SSH_STEP_BYTES = 120 * 1024;

/** The time over which the rate of what is sent is taken. */
const sendingWindowMs = ({ leastRate, windowMs }: TransferLimit): number =>
  leastRate === 0 ? windowMs : Math.max(windowMs, (SSH_STEP_BYTES / leastRate) * 1000);

function limitSending(
  target: NodeJS.WritableStream,
  limit: TransferLimit,
  onSlow: (error: SwarmError) => void,
): Limited<NodeJS.WritableStream> {
  let isSending = false;
  const sendPieces = (bytes: Buffer, done: (error?: Error | null) => void): void => {
    const piece = bytes.subarray(0, PIECE_BYTES);
    target.write(piece, (error) => {
      rate.count(piece.length);
      const rest = bytes.subarray(piece.length);
      if (error || rest.length === 0) done(error);
      else sendPieces(rest, done);
    });
  };
  const stream: Writable = new Writable({
    write(chunk: Buffer, _, done) {
      isSending = true;
      sendPieces(chunk, (error) => {
        isSending = false;
        done(error);
      });
    },
    final(done) {
      rate.stop();
      target.end();
      done();
    },
  });
  const rate = watchRate(
    { ...limit, windowMs: sendingWindowMs(limit) },
    () => isSending,
    (error) => {
      onSlow(error);
      stream.destroy(error);
    },
  );
  target.on('error', (error: Error) => stream.destroy(error));
  stream.on('error', () => undefined); // how the process ended has the reason
  return { stream, stop: rate.stop };
}
