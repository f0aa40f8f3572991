import { StringDecoder } from 'node:string_decoder';
import type { OnLine, Stream } from '../../core/connection.ts';

export interface Lines {
  push(bytes: Uint8Array): void;
  /** What came after the last newline, if anything, is a line too. */
  end(): void;
}

/** Cuts bytes into lines, whatever the chunks are: a character sent in three packets stays one (M9). */
export function lines(stream: Stream, onLine: OnLine): Lines {
  const decoder = new StringDecoder('utf8');
  let open = '';
  const take = (text: string): void => {
    if (!text.includes('\n')) {
      open += text;
      return;
    }
    const parts = (open + text).split('\n');
    open = parts.pop() ?? '';
    for (const part of parts) onLine(stream, part);
  };
  return {
    push: (bytes) => take(decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))),
    end: () => {
      take(decoder.end());
      if (open !== '') onLine(stream, open);
      open = '';
    },
  };
}
