import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { shortenBinary } from '../../../src/journal/output/shorten-binary.ts';

const output = (lines: readonly string[]): RunEvent => ({
  ...{ v: 1, run: 'r4nd', seq: 0, at: '', type: 'task.output', host: 'd1', task: '0.1', stream: 'stdout', lines },
});
const growth = (bytes: Buffer): number => {
  const lines = bytes.toString('utf8').split('\n');
  return Buffer.byteLength(JSON.stringify(shortenBinary(output(lines)))) / bytes.length;
};

test('binary output costs at most a fifth more than was printed', () => {
  const random = Buffer.alloc(200_000);
  for (let at = 0, seed = 7; at < random.length; at++) {
    seed = (seed * 48271) % 2147483647;
    random[at] = seed % 256;
  }
  expect(growth(Buffer.alloc(200_000))).toBeLessThan(0.01);
  expect(growth(Buffer.alloc(200_000, 'a\0'))).toBeLessThan(1.01);
  expect(growth(random)).toBeLessThan(1.3);
  expect(growth(Buffer.from(`${'/usr/share/doc/file-1.2.3-r4/README'}\0`.repeat(5000)))).toBeLessThan(1.2);
});

test('text stays as it is: colours, tabs, progress bars, umlauts, and a stray byte', () => {
  const lines = ['\x1b[32mok\x1b[0m\t'.repeat(99), '10%\b\b\b\r'.repeat(99), 'ä'.repeat(300), `${'x'.repeat(500)}\0`, 'a\0b\0'];
  expect(shortenBinary(output(lines))).toEqual(output(lines));
});
