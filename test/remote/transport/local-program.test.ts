import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { readLocalProgram } from '../../../src/remote/transport/local-program.ts';

const limits = { timeoutMs: 10_000, maxBytes: 1000 };

test('every word reaches the program as it is, and the output comes back', async () => {
  const words = ["it's", '$HOME', 'a b', '', '*', '\n', 'größer', '-n'];
  expect(await readLocalProgram(['printf', '%s|', ...words], limits)).toEqual({
    exit: 0,
    stdout: words.map((word) => `${word}|`).join(''),
  });
});

test('the exit status is that of the program, and 127 where it is not installed', async () => {
  expect(await readLocalProgram(['sh', '-c', 'echo out; exit 3'], limits)).toEqual({ exit: 3, stdout: 'out\n' });
  expect(await readLocalProgram(['no-such-program'], limits)).toMatchObject({ exit: 127 });
});

test('it runs in the folder that was given', async () => {
  expect(await readLocalProgram(['pwd', '-P'], { ...limits, cwd: tmpdir() })).toMatchObject({ exit: 0, stdout: `${tmpdir()}\n` });
});

test('a program that takes too long or prints too much is ended, also where a child of it holds the output open', async () => {
  expect((await readLocalProgram(['sh', '-c', 'sleep 2 & wait'], { ...limits, timeoutMs: 200 })).exit).not.toBe(0);
  const began = performance.now();
  expect(
    (await readLocalProgram(['sh', '-c', "trap '' TERM; for i in 1 2 3 4 5 6 7 8; do sleep 0.5; done"], { ...limits, timeoutMs: 200 }))
      .exit,
  ).not.toBe(0);
  expect(performance.now() - began).toBeLessThan(3000);
  expect((await readLocalProgram(['yes'], limits)).exit).not.toBe(0);
});
