import { expect, test } from 'vitest';
import { runProgram } from '../../../src/core/program/run-program.ts';
import { describeSpawnFailure } from '../../../src/core/program/spawn-failure.ts';

test('a program that ignores TERM ends at its time limit', () => {
  const limits = { timeMs: 200, bytes: 1024 };
  const result = runProgram(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], '/', limits);
  expect(describeSpawnFailure(result, limits)).toBe('ran longer than 0.2 s');
});

test('a program that ignores TERM ends where it prints too much', () => {
  const limits = { timeMs: 60_000, bytes: 1024 };
  const result = runProgram(['sh', '-c', 'trap "" TERM; yes; sleep 60'], '/', limits);
  expect(describeSpawnFailure(result, limits)).toContain('printed more than');
});
