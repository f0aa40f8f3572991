import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../setup/project-folder.ts';

const root = resolve(import.meta.dirname, '../..');

/** The environment of a host whose clock is a year later each time that somebody looks. */
function makeJumpingClock(dir: string): NodeJS.ProcessEnv {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'date'), `#!/bin/sh\necho x >>'${dir}/looks'\necho $((1700000000 + $(wc -l <'${dir}/looks') * 31536000))\n`);
  chmodSync(join(bin, 'date'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  const [first, second] = [1, 2].map(() => Number(execFileSync('date', ['+%s'], { env, encoding: 'utf8' })));
  expect(Number(second) - Number(first)).toBe(31_536_000);
  return env;
}

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'ash']];

test.each(SHELLS)('wait_for waits on when the clock of the host jumps (%s)', (shell, ...options) => {
  const dir = makeFolder({});
  const env = makeJumpingClock(dir);
  const file = join(dir, 'there');
  // the file comes at the first pause
  writeFileSync(join(dir, 'bin/sleep'), `#!/bin/sh\n: >'${file}'\n`, { mode: 0o755 });
  const args = ['path', 'present', '30', '1', file, '', '1', ''];
  const program = join(root, 'modules/flow/wait_for-test.sh');
  const { status, stdout } = spawnSync(shell, [...options, program, ...args], { env, encoding: 'utf8' });
  expect([status, Number(stdout) < 30]).toEqual([0, true]);
});

test.each(SHELLS)('facts of files are read when the clock of the host jumps (%s)', (shell, ...options) => {
  const dir = makeFolder({});
  const env = makeJumpingClock(dir);
  const facts = join(dir, 'facts.d');
  mkdirSync(facts);
  writeFileSync(join(facts, 'own.fact'), '#!/bin/sh\necho 1\n', { mode: 0o755 });
  const { stdout } = spawnSync(shell, [...options, join(root, 'src/remote/facts/local-facts.sh'), facts, '5'], { env, encoding: 'utf8' });
  expect(stdout).toBe(`own\t${Buffer.from('1\n').toString('base64')}\tran 0\n`);
});
