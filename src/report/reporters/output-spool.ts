import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import type { OutputSink } from './output-sink.ts';

/** Characters that wait in memory, of all hosts together. */
const MOST_WAITING = 4 * 1024 * 1024;

/** Bytes of one piece that is read back. */
const PIECE = 256 * 1024;

/** Texts by key, kept until they are printed: in memory at first, then in a file without a name that ends with the process. */
export interface OutputSpool {
  append(key: string, text: string): void;
  has(key: string): boolean;
  /** In the order in which they came. */
  readonly keys: () => readonly string[];
  /** Writes the text of a key to the sink, as fast as its reader takes it. */
  copyTo(key: string, sink: OutputSink): Promise<void>;
  /** Throws SW50xx where the file could not be written: what it should have had is missing. */
  close(): void;
}

interface Text {
  waiting: string[];
  readonly pieces: { readonly at: number; readonly length: number }[];
}

/** A spool in the folder of a run. */
export function openOutputSpool(dir: string, mostWaiting = MOST_WAITING): OutputSpool {
  const file = join(dir, `output-${randomBytes(4).toString('hex')}.tmp`);
  const texts = new Map<string, Text>();
  let waiting = 0;
  let end = 0;
  let handle: number | undefined;
  let failure: unknown;

  const openFile = (): number => {
    handle = openSync(file, 'wx+', 0o600);
    unlinkSync(file); // nothing is left of it after a kill
    return handle;
  };
  const writeWaiting = (): void => {
    for (const text of texts.values()) {
      if (text.waiting.length === 0) continue;
      const bytes = Buffer.from(text.waiting.join(''));
      text.waiting = [];
      writeWhole(handle ?? openFile(), bytes, end);
      text.pieces.push({ at: end, length: bytes.length });
      end += bytes.length;
    }
  };

  return {
    append(key, added) {
      const text = texts.get(key) ?? { waiting: [], pieces: [] };
      texts.set(key, text);
      if (failure !== undefined) return; // the command goes on, and the journal has its output
      text.waiting.push(added);
      waiting += added.length;
      if (waiting < mostWaiting) return;
      waiting = 0;
      try {
        writeWaiting();
      } catch (error) {
        failure = error;
      }
    },
    has: (key) => texts.has(key),
    keys: () => [...texts.keys()],
    async copyTo(key, sink) {
      const text = texts.get(key);
      if (text === undefined) return;
      for (const { at, length } of text.pieces) {
        for (let done = 0; done < length; ) {
          const bytes = Buffer.alloc(Math.min(PIECE, length - done));
          const count = readSync(handle ?? -1, bytes, 0, bytes.length, at + done);
          if (count === 0) throw new Error('the spooled output ends too early');
          done += count;
          sink.write(bytes.subarray(0, count));
          await sink.outputGate();
        }
      }
      sink.write(text.waiting.join(''));
      await sink.outputGate();
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
      if (failure !== undefined)
        throw fileError(failure, file, 'Output is missing above. To read it from the journal, run: swarm runs logs last');
    },
  };
}

function writeWhole(handle: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done, bytes.length - done, at + done);
}
