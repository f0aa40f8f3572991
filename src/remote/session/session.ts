import { randomBytes } from 'node:crypto';
import { SwarmError } from '../../core/error.ts';
import type { Process } from '../transport/transport.ts';

/** What one unit of work printed, without the frame. */
export interface Answer {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface Ask {
  /** Bytes of both outputs together; more ends the session. */
  readonly limit: number;
  readonly onStdout?: (bytes: Buffer) => void;
  readonly onStderr?: (bytes: Buffer) => void;
}

/** A long-lived `sh` on a pair of streams. One unit of work at a time. */
export interface Session {
  /** Writes shell text that ends with an exit status, and reads until its frame closes; stdin of the text is /dev/null.
   *  Throws SW2005 when the shell or the link is gone, SW6001 when it prints more than the limit. */
  run(text: string, ask: Ask): Promise<Answer>;
  /** The same for a text that is already on its way and ends with `closing(nonce)`. */
  wait(nonce: string, ask: Ask): Promise<Answer>;
  /** False once it ended, or once somebody wrote to it out of turn: a process left behind by an earlier command. */
  readonly usable: boolean;
  close(): void;
}

/** 128 random bits as 32 hex digits: output cannot hold it by chance, and what knew an earlier one knows nothing. */
export const newNonce = (): string => randomBytes(16).toString('hex');

/** Shell text that closes the frame: nonce and exit status of the command before it on stdout, nonce on stderr. Free of
 *  quotes, backslashes and newlines, so that a login shell of any kind can hand it on within '...'. */
export const closing = (nonce: string): string => `echo ${nonce} $?;echo ${nonce} >&2`;

/** A process must have been started as a shell that reads stdin. */
export function openSession(process: Process): Session {
  const stdout = reader(process.stdout, /^ (\d{1,3})\n/);
  const stderr = reader(process.stderr, /^\n/);
  let busy: ((reason: Error) => void) | undefined;
  let ended: Error | undefined;

  const end = (reason: Error): void => {
    ended ??= reason;
    busy?.(ended);
  };
  process.stdin.on('error', () => undefined); // the shell is gone: `done` tells
  process.done.then(
    (exit) => end(new SwarmError('SW2005', `the shell on the host ended (exit ${exit}) while it was in use`, {})),
    (error: Error) => end(error),
  );

  const wait = (nonce: string, ask: Ask): Promise<Answer> => {
    if (busy !== undefined) throw new Error('a session takes one command at a time');
    return new Promise<Answer>((resolve, reject) => {
      const settle = (): void => {
        busy = undefined;
        stdout.stop();
        stderr.stop();
      };
      busy = (reason) => {
        settle();
        reject(reason);
      };
      if (ended !== undefined) return busy(ended);
      let left = ask.limit;
      const spend = (bytes: number): void => {
        left -= bytes;
        if (left < 0) {
          process.end();
          end(
            new SwarmError('SW6001', `more than ${ask.limit} bytes of output`, {
              hint: 'Let the command write to a file, and fetch that.',
            }),
          );
        }
      };
      const close = (): void => {
        const [first, second] = [stdout.closed, stderr.closed];
        if (first === undefined || second === undefined || busy === undefined) return;
        settle();
        resolve({ exit: Number(first.status), stdout: first.bytes, stderr: second.bytes });
      };
      stdout.start(nonce, { spend, close, ...(ask.onStdout === undefined ? {} : { on: ask.onStdout }) });
      stderr.start(nonce, { spend, close, ...(ask.onStderr === undefined ? {} : { on: ask.onStderr }) });
    });
  };
  return {
    wait,
    run: (text, ask) => {
      const nonce = newNonce();
      const answer = wait(nonce, ask);
      process.stdin.write(`{ ${text}\n} </dev/null;${closing(nonce)}\n`);
      return answer;
    },
    get usable() {
      return ended === undefined && !stdout.stray && !stderr.stray;
    },
    close: () => {
      end(new SwarmError('SW2005', 'the session was closed here', {}));
      process.end();
    },
  };
}

const NOTHING: Buffer = Buffer.alloc(0);
/** ` 255` and a newline. */
const LONGEST_TAIL = 5;

interface Frame {
  readonly on?: (bytes: Buffer) => void;
  spend(bytes: number): void;
  close(): void;
}

interface Reader {
  start(nonce: string, frame: Frame): void;
  stop(): void;
  readonly closed: { readonly bytes: Buffer; readonly status: string } | undefined;
  readonly stray: boolean;
}

/** Everything before the nonce is output. Bytes that may be the beginning of a nonce are held back until the next come. */
function reader(stream: NodeJS.ReadableStream, tail: RegExp): Reader {
  let nonce: Buffer = NOTHING;
  let frame: Frame | undefined;
  let parts: Buffer[] = [];
  let held: Buffer = NOTHING;
  let closed: Reader['closed'];
  let stray = false;

  const take = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    parts.push(bytes);
    frame?.on?.(bytes);
    frame?.spend(bytes.length);
  };
  /** Gives how much of the bytes is dealt with; the rest waits for more. */
  const scan = (bytes: Buffer): number => {
    const at = bytes.indexOf(nonce);
    if (at === -1) {
      const sure = bytes.length - beginningOf(nonce, bytes);
      take(bytes.subarray(0, sure));
      return sure;
    }
    take(bytes.subarray(0, at));
    const after = at + nonce.length;
    const end = tail.exec(bytes.subarray(after, after + LONGEST_TAIL).toString('latin1'));
    if (end !== null) {
      stray = bytes.length > after + end[0].length;
      closed = { bytes: parts.length === 1 ? (parts[0] ?? NOTHING) : Buffer.concat(parts), status: end[1] ?? '' };
      return bytes.length;
    }
    if (bytes.length < after + LONGEST_TAIL) return at;
    take(bytes.subarray(at, after)); // not our echo: a terminal or `set -v` shows the text itself
    return after;
  };
  stream.on('data', (chunk: Buffer) => {
    if (frame === undefined || closed !== undefined) {
      stray = true;
      return;
    }
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let done = -1; done !== 0 && bytes.length > 0 && closed === undefined; bytes = bytes.subarray(done)) done = scan(bytes);
    held = bytes;
    if (closed !== undefined) frame?.close();
  });
  stream.on('error', () => undefined); // `done` tells
  return {
    start: (text, next) => {
      nonce = Buffer.from(text, 'latin1');
      frame = next;
      parts = [];
      closed = undefined;
    },
    stop: () => {
      frame = undefined;
      parts = [];
      held = NOTHING;
    },
    get closed() {
      return closed;
    },
    get stray() {
      return stray;
    },
  };
}

/** How many of the last bytes are the first ones of the nonce. */
function beginningOf(nonce: Buffer, bytes: Buffer): number {
  const most = Math.min(nonce.length - 1, bytes.length);
  for (let at = bytes.indexOf(nonce[0] ?? 0, bytes.length - most); at !== -1 && most > 0; at = bytes.indexOf(nonce[0] ?? 0, at + 1)) {
    if (bytes.compare(nonce, 0, bytes.length - at, at) === 0) return bytes.length - at;
  }
  return 0;
}
