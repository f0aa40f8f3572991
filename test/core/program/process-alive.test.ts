import { expect, test } from 'vitest';
import { isProcessAlive } from '../../../src/core/program/process-alive.ts';

test('this process runs, and a number that stands for many processes is none', () => {
  const now = new Date().toISOString();
  expect(isProcessAlive(process.pid, now)).toBe(true);
  for (const pid of [0, -1, 1.5, Number.NaN]) expect(isProcessAlive(pid, now)).toBe(false);
});
