import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { joinWrites } from '../../../src/remote/ssh/join-writes.ts';

/** A stream that keeps the pieces in which it is written. */
function recordingStream(): { readonly stream: Duplex; readonly pieces: string[] } {
  const pieces: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => {
      pieces.push(String(chunk));
      done();
    },
    writev: (chunks, done) => {
      pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { stream: joinWrites(stream), pieces };
}
const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what ssh2 writes to a connection', () => {
  it('leaves in one piece for each tick', async () => {
    const { stream, pieces } = recordingStream();
    for (const each of ['length ', 'content ', 'seal']) stream.write(each);
    expect(pieces).toEqual([]);
    await nextTick();
    stream.write('next');
    await nextTick();
    expect(pieces).toEqual(['length content seal', 'next']);
  });

  it('is not lost when the stream is ended in the same tick', async () => {
    const { stream, pieces } = recordingStream();
    stream.write('disconnect ');
    stream.end('now');
    await nextTick();
    expect(pieces.join('')).toBe('disconnect now');
  });
});
