import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutputTail } from '../../../src/core/output/output-tail.ts';
import { cases } from '../../setup/cases.ts';

test('the last bytes are kept however the output came, and it shows whether some are missing', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }), fc.nat(60), (chunks, keep) => {
      const tail = createOutputTail(keep);
      for (const chunk of chunks) tail.add(Buffer.from(chunk));
      const all = Buffer.concat(chunks);
      const { bytes, truncated } = tail.read();
      expect(truncated).toBe(all.length > keep);
      expect(bytes).toEqual(all.subarray(Math.max(0, all.length - keep)));
    }),
    { numRuns: cases(1000) },
  );
});

test('a quarter more than what is kept is in memory, in pieces of any size', () => {
  for (const size of [1, 1000, 70_000]) {
    const tail = createOutputTail(64 * 1024);
    const piece = Buffer.alloc(size, 'x');
    for (let sent = 0; sent < 300_000; sent += size) tail.add(piece);
    expect(tail.read().bytes).toHaveLength(64 * 1024);
    expect(tail.read().bytes.buffer.byteLength).toBeLessThanOrEqual(80 * 1024);
  }
});
