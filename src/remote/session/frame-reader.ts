import type { OutputGate } from '../../core/output/output-gate.ts';
import { createOutputTail, lastLineOf } from '../../core/output/output-tail.ts';

const EMPTY: Buffer = Buffer.alloc(0);
const LONGEST_LINE = 300;
/** ` 255` and a newline. */
const LONGEST_TAIL = 5;

/** What takes the output of one frame. */
export interface FrameHandler {
  readonly keep: number;
  readonly onBytes: ((bytes: Buffer) => void) | undefined;
  /** Asked after each piece of output. */
  readonly outputGate: OutputGate | undefined;
  spend(bytes: number): void;
  close(): void;
}

/** Reads one stream of a shell, frame by frame: the output of a unit of work, then the nonce that ends it. */
export interface FrameReader {
  start(nonce: string, frame: FrameHandler): void;
  stop(): void;
  readonly result: { readonly bytes: Buffer; readonly truncated: boolean; readonly status: string } | undefined;
  readonly hasStrayBytes: boolean;
  /** The last line of output of the frame that is open, or of what came after the frame; '' where there is none. */
  lastLine(): string;
}

/** Everything before the nonce is output. Bytes that may be the beginning of a nonce are held back until the next come. */
export function createFrameReader(stream: NodeJS.ReadableStream, tail: RegExp): FrameReader {
  let nonce: Buffer = EMPTY;
  let frame: FrameHandler | undefined;
  let output = createOutputTail(0);
  let held: Buffer = EMPTY;
  let result: FrameReader['result'];
  let hasStrayBytes = false;
  let stray: Buffer = EMPTY;
  const afterPiece = createTurns(stream);

  const addOutput = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    output.add(bytes);
    frame?.onBytes?.(bytes);
    frame?.spend(bytes.length);
  };
  /** Gives how much of the bytes is dealt with; the rest waits for more. */
  const scanBytes = (bytes: Buffer): number => {
    const at = bytes.indexOf(nonce);
    if (at === -1) {
      const sure = bytes.length - partialNonceLength(nonce, bytes);
      addOutput(bytes.subarray(0, sure));
      return sure;
    }
    addOutput(bytes.subarray(0, at));
    const after = at + nonce.length;
    const end = tail.exec(bytes.subarray(after, after + LONGEST_TAIL).toString('latin1'));
    if (end !== null) {
      stray = bytes.subarray(after + end[0].length);
      hasStrayBytes = stray.length > 0;
      result = { ...output.read(), status: end[1] ?? '' };
      return bytes.length;
    }
    if (bytes.length < after + LONGEST_TAIL) return at;
    addOutput(bytes.subarray(at, after)); // not our echo: a terminal or `set -v` shows the text itself
    return after;
  };
  stream.on('data', (chunk: Buffer) => {
    if (frame === undefined || result !== undefined) {
      hasStrayBytes = true;
      stray = Buffer.concat([stray, chunk]).subarray(-LONGEST_LINE);
      return;
    }
    let bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (let done = -1; done !== 0 && bytes.length > 0 && result === undefined; bytes = bytes.subarray(done)) done = scanBytes(bytes);
    held = bytes;
    if (result !== undefined) frame?.close();
    else afterPiece(chunk.length, frame?.outputGate);
  });
  stream.on('error', () => undefined); // `done` has the reason
  return {
    start: (text, next) => {
      nonce = Buffer.from(text, 'latin1');
      frame = next;
      output = createOutputTail(next.keep);
      result = undefined;
    },
    stop: () => {
      frame = undefined;
      output = createOutputTail(0);
      held = EMPTY;
    },
    get result() {
      return result;
    },
    get hasStrayBytes() {
      return hasStrayBytes;
    },
    lastLine: () => lastLineOf(Buffer.concat([output.read().bytes, held, stray]).subarray(-LONGEST_LINE).toString()),
  };
}

/** So much is read of a stream before timers, signals and other hosts have their turn: 64 KiB can be 65,536 lines. */
const TURN_BYTES = 64 * 1024;

/** Gives what to call after each piece of output. It reads on when the gate opens, and lets others have their turn after so many bytes. While
 *  nobody reads, the host's command waits in its write. */
export function createTurns(stream: NodeJS.ReadableStream): (bytes: number, gate: OutputGate | undefined) => void {
  let turn = 0;
  return (bytes, gate) => {
    turn += bytes;
    const opens = gate?.();
    if (opens === undefined && turn < TURN_BYTES) return;
    turn = 0;
    stream.pause();
    const readOn = () => setImmediate(() => stream.resume());
    if (opens === undefined) readOn();
    else void opens.finally(readOn);
  };
}

/** How many of the last bytes are the first ones of the nonce. */
function partialNonceLength(nonce: Buffer, bytes: Buffer): number {
  const most = Math.min(nonce.length - 1, bytes.length);
  for (let at = bytes.indexOf(nonce[0] ?? 0, bytes.length - most); at !== -1 && most > 0; at = bytes.indexOf(nonce[0] ?? 0, at + 1)) {
    if (bytes.compare(nonce, 0, bytes.length - at, at) === 0) return bytes.length - at;
  }
  return 0;
}
