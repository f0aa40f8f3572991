import { StringDecoder } from 'node:string_decoder';
import type { OnLine, Stream } from '../../core/connection.ts';

export interface LineSplitter {
  push(bytes: Uint8Array): void;
  /** What came after the last newline, if anything, is a line too. */
  end(): void;
}

/** Cuts bytes into lines, whatever the chunks are: a character sent in three packets stays one (M9). */
export function createLineSplitter(stream: Stream, onLine: OnLine): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let unfinished = '';
  const addText = (text: string): void => {
    if (!text.includes('\n')) {
      unfinished += text;
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
