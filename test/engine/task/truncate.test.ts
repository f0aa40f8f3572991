import { expect, test } from 'vitest';
import { truncateJson } from '../../../src/engine/task/truncate.ts';

test('a result of a million lines takes at most 64 KiB for each text and each list in an event, and the rest is counted', () => {
  const lines = Array.from({ length: 1_000_000 }, (_, at) => String(at));
  const result = truncateJson({ stdout: lines.join('\n'), stdout_lines: lines, rc: 0 }) as { stdout: string; stdout_lines: string[] };
  expect(JSON.stringify(result).length).toBeLessThan(200_000);
  expect(result.stdout).toMatch(/\[\d+ characters more\]$/);
  expect(result.stdout_lines.at(-1)).toBe(`[${1_000_000 - (result.stdout_lines.length - 1)} more]`);
  expect(result.stdout_lines.slice(0, 2)).toEqual(['0', '1']);
});

test('what is short stays as it is, in lists and maps too', () => {
  const value = { rc: 0, list: ['a', { b: [1, null, true] }], text: 'x' };
  expect(truncateJson(value)).toEqual(value);
});
