import type { Writable } from 'node:stream';
import type { OutputGate } from '../../core/output/output-gate.ts';

/** Bytes that may wait for a slow reader of the output. */
const MOST_WAITING = 1024 * 1024;

/** A stream for output. When its reader closes it (`| head`), writing stops and the run continues. */
export interface OutputSink {
  write(text: string | Uint8Array): void;
  /** Closed while the reader is behind. It opens when the reader is gone. */
  readonly outputGate: OutputGate;
  flush(): Promise<void>;
}

/** Opens a sink on a stream. */
export function openOutputSink(out: NodeJS.WritableStream): OutputSink {
  let closed = false;
  let catchingUp: Promise<void> | undefined;
  let end = (): void => undefined;
  const stopWaiting = (): void => {
    catchingUp = undefined;
    end();
  };
  out.on('drain', stopWaiting).on('error', () => {
    closed = true;
    stopWaiting();
  });
  return {
    write(text) {
      if (!closed) out.write(text);
    },
    outputGate() {
      if (closed || (out as Writable).writableLength < MOST_WAITING) return undefined;
      catchingUp ??= new Promise((resolve) => {
        end = resolve;
      });
      return catchingUp;
    },
    flush: () => new Promise((done) => (closed ? done() : out.write('', () => done()))),
  };
}
