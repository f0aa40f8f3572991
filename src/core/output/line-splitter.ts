import { StringDecoder } from 'node:string_decoder';
import type { OnLine, Stream } from '../connection.ts';

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** What came after the last newline, if anything, is a line too. */
  end(): void;
}

/** Characters after which a line without an end is handed on as it is, so that it takes no more memory than that. */
const LONGEST_LINE = 256 * 1024;

/** Cuts bytes into lines, whatever the chunks are: a character sent in three packets stays one (M9). */
export function createLineSplitter(stream: Stream, onLine: OnLine): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  const addText = (text: string): void => {
    if (!text.includes('\n')) {
      unfinished += text;
      if (unfinished.length < LONGEST_LINE) return;
      onLine(stream, unfinished);
      unfinished = '';
      return;
    }
    const parts = (unfinished + text).split('\n');
    unfinished = parts.pop() ?? '';
    for (const part of parts) onLine(stream, part);
  };
  return {
    push: (bytes) => addText(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    end: () => {
      addText(decoder.end());
      if (unfinished !== '') onLine(stream, unfinished);
      unfinished = '';
    },
  };
}
