import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { joinWrites } from '../../../src/remote/ssh/join-writes.ts';

/** A stream that keeps the pieces in which it is written. The one through a jump host has no writev of its own. */
function recordingStream(throughJump = false): { readonly stream: Duplex; readonly pieces: string[] } {
  const pieces: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk, _encoding, done) => {
      pieces.push(String(chunk));
      done();
    },
    ...(throughJump ? {} : { writev: joinPieces }),
  });
  function joinPieces(chunks: readonly { readonly chunk: unknown }[], done: () => void): void {
    pieces.push(chunks.map(({ chunk }) => String(chunk)).join(''));
    done();
  }
  return { stream: joinWrites(stream), pieces };
}
const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what ssh2 writes to a connection', () => {
  it.each([false, true])('leaves in one piece for each tick (through a jump host: %s)', async (throughJump) => {
    const { stream, pieces } = recordingStream(throughJump);
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
