import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../../src/core/output/line-splitter.ts';
import { cases } from '../../setup/cases.ts';

test('M9: lines are the same however the bytes are cut, and no character is broken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.nat(400), { maxLength: 20 }), (text, cuts) => {
      const bytes = Buffer.from(text);
      const heard: string[] = [];
      const cutter = createLineSplitter('stdout', (_, line) => void heard.push(line));
      const at = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      at.forEach((end, index) => {
        cutter.push(bytes.subarray(at[index - 1] ?? 0, end));
      });
      cutter.end();
      const whole = bytes.toString().split('\n');
      expect(heard).toEqual(whole.at(-1) === '' ? whole.slice(0, -1) : whole);
    }),
    { numRuns: cases(1000) },
  );
});

test('a line without an end is handed on in pieces, so that it takes no more memory than one piece', () => {
  const pieces: string[] = [];
  const splitter = createLineSplitter('stdout', (_, line) => void pieces.push(line));
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let sent = 0; sent < 160; sent++) splitter.push(chunk);
  splitter.end();
  expect(pieces.join('')).toHaveLength(160 * chunk.length);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(256 * 1024 + chunk.length);
});

test('no character is broken where a long line is cut', () => {
  const pieces: string[] = [];
  const splitter = createLineSplitter('stdout', (_, line) => void pieces.push(line));
  const bytes = Buffer.from(`a${'🐧é漢'.repeat(100_000)}`);
  for (let at = 0; at < bytes.length; at += 1021) splitter.push(bytes.subarray(at, at + 1021));
  splitter.end();
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('')).toBe(bytes.toString());
  expect(pieces.filter((piece) => Buffer.from(piece).toString() !== piece)).toEqual([]);
});
