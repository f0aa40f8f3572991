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

test('what a program left behind is not waited for, though it holds the output', () => {
  const limits = { timeMs: 60_000, bytes: 1024 * 1024 };
  const { stdout, status } = runProgram(['sh', '-c', 'sleep 60 & echo $!; head -c 300000 /dev/zero | tr "\\0" a; exit 3'], '/', limits);
  const [child = '', text = ''] = stdout.split('\n');
  process.kill(Number(child));
  expect([text.length, status]).toEqual([300_000, 3]);
});

test.each([
  ['/no/such/program', '/', 'does not exist on this machine, or the program in its first line does not'],
  ['/', '/', 'may not be run'],
  ['sh', '/no/such/folder', 'does not exist on this machine, or the program in its first line does not'],
])('%s in %s cannot be started', (program, cwd, text) => {
  const limits = { timeMs: 60_000, bytes: 1024 };
  expect(describeSpawnFailure(runProgram([program], cwd, limits), limits)).toBe(text);
});
