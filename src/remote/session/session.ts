import { randomBytes } from 'node:crypto';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { OutputGate } from '../../core/output/output-gate.ts';
import type { RemoteProcess } from '../transport/transport.ts';
import { createFrameReader } from './frame-reader.ts';

/** What one unit of work printed, without the frame. */
export interface SessionResult {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Something before stdout or stderr is missing. */
  readonly truncated?: true;
}

export interface OutputOptions {
  /** Bytes of both outputs together; more ends the session. */
  readonly limit: number;
  /** Bytes at the end of each output that the result has. Default: all. */
  readonly keep?: number;
  readonly onStdout?: (bytes: Buffer) => void;
  readonly onStderr?: (bytes: Buffer) => void;
  /** Asked after each piece of output. */
  readonly outputGate?: OutputGate | undefined;
}

/** A long-lived `sh` on a pair of streams. One unit of work at a time. */
export interface Session {
  /** Writes shell text that ends with an exit status, and reads until its frame closes; stdin of the text is /dev/null.
   *  Throws SW2005 when the shell or the link is gone, SW6001 when it prints more than the limit. */
  runText(text: string, options: OutputOptions): Promise<SessionResult>;
  /** The same for a text that is already on its way and ends with `endMarker(nonce)`. */
  awaitResult(nonce: string, options: OutputOptions): Promise<SessionResult>;
  /** False once it has ended, or once a process that an earlier command left behind has written to it. */
  readonly usable: boolean;
  /** Work under way fails with the reason; default: that swarm closed the session. */
  close(reason?: Error): void;
}

/** SW6001: what a command prints must fit into memory. */
export const outputLimitError = (limit: number): SwarmError =>
  new SwarmError('SW6001', `the command printed more than ${limit} bytes`, {
    hint: 'Redirect the output to a file on the host and fetch the file.',
  });

/** 128 random bits as 32 hex digits: output cannot hold it by chance, and what knew an earlier one knows nothing. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/** Shell text that closes the frame: nonce and exit status of the command before it on stdout, nonce on stderr. Free of
 *  quotes, backslashes and newlines, so that a login shell of any kind can hand it on within '...'. */
export const endMarker = (nonce: string): string => `echo ${nonce} $?;echo ${nonce} >&2`;

/** `unused`: it has answered with what came with the request for it, and to nothing else. */
function shellEndedError(exit: number, printed: string, unused: boolean): SwarmError {
  if (unused && exit === 0 && printed === '')
    return new SwarmError('SW2005', 'the shell on the host ended at once: nothing reaches its stdin', {
      hint: 'A start-up file of the login shell (.bashrc, .profile, config.fish, .cshrc, /etc/profile) sends stdin elsewhere, as exec </dev/null does: let it do so only where the shell is interactive. A command route needs a program that hands stdin on, such as docker exec -i.',
    });
  return new SwarmError(
    'SW2005',
    `the shell on the host ended (exit ${exit}) while it was in use${printed === '' ? '' : `: ${printed}`}`,
    {},
  );
}

/** A process must have been started as a shell that reads stdin. */
export function openSession(process: RemoteProcess): Session {
  const stdout = createFrameReader(process.stdout, /^ (\d{1,3})\n/);
  const stderr = createFrameReader(process.stderr, /^\n/);
  let rejectPending: ((reason: Error) => void) | undefined;
  let endReason: Error | undefined;
  let answered = 0;

  const endSession = (reason: Error): void => {
    endReason ??= reason;
    rejectPending?.(endReason);
  };
  process.stdin.on('error', () => undefined); // the shell has ended: `done` has the reason
  process.done.then(
    (exit) => endSession(shellEndedError(exit, stderr.lastLine(), answered <= 1)),
    (error: Error) => endSession(error),
  );

  const awaitResult = (nonce: string, options: OutputOptions): Promise<SessionResult> => {
    if (rejectPending !== undefined) throw new Error('a session takes one command at a time');
    return new Promise<SessionResult>((resolve, reject) => {
      const settle = (): void => {
        rejectPending = undefined;
        stdout.stop();
        stderr.stop();
      };
      rejectPending = (reason) => {
        settle();
        reject(reason);
      };
      if (endReason !== undefined) return rejectPending(endReason);
      const keep = options.keep ?? Number.POSITIVE_INFINITY;
      let left = options.limit;
      const spend = (bytes: number): void => {
        left -= bytes;
        if (left < 0) {
          process.end();
          endSession(outputLimitError(options.limit));
        }
      };
      const close = (): void => {
        const [first, second] = [stdout.result, stderr.result];
        if (first === undefined || second === undefined || rejectPending === undefined) return;
        settle();
        answered++;
        const truncated = first.truncated || second.truncated;
        resolve({ exit: Number(first.status), stdout: first.bytes, stderr: second.bytes, ...(truncated ? { truncated } : {}) });
      };
      const frame = { keep, spend, close, outputGate: options.outputGate };
      stdout.start(nonce, { ...frame, onBytes: options.onStdout });
      stderr.start(nonce, { ...frame, onBytes: options.onStderr });
    });
  };
  return {
    awaitResult,
    runText: (text, ask) => {
      const nonce = newNonce();
      const answer = awaitResult(nonce, ask);
      process.stdin.write(`{ ${text}\n} </dev/null;${endMarker(nonce)}\n`);
      return answer;
    },
    get usable() {
      return endReason === undefined && !stdout.hasStrayBytes && !stderr.hasStrayBytes;
    },
    close: (reason = new SwarmError('SW2005', 'swarm closed the session', {})) => {
      endSession(reason);
      process.end();
    },
  };
}
