import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import make from '../../../modules/commands/make.ts';
import { withPrograms } from '../cases/case.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-make-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const hasMake = (() => {
  try {
    execFileSync('make', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

const changesOf = async (args: Readonly<Record<string, unknown>>, check = false) => {
  const host = createLocalHost(dir);
  const { changes } = await driveModule(make.run({ ...host, check }, make.args.parse({ chdir: dir, ...args })), host, check);
  return changes.map(({ unknownInCheck }) => unknownInCheck);
};

test.skipIf(!hasMake)('real make makes a target once', async () => {
  writeFileSync(join(dir, 'own.mk'), 'all: out\nout: in\n\tprintf %s "$(TEXT)" >out\n');
  writeFileSync(join(dir, 'in'), '');
  const args = { file: 'own.mk', params: { TEXT: "it's; a 'b'" }, jobs: 2 };
  expect(await changesOf({ ...args, params: { TEXT: 'a b' } })).toHaveLength(1);
  expect(readFileSync(join(dir, 'out'), 'utf8')).toBe('a b');
  expect(await changesOf({ ...args, target: ['all', 'out'] })).toEqual([]);
  await expect(changesOf({ ...args, target: 'none' })).rejects.toMatchObject({ code: 'SW6012' });
});

test.skipIf(!hasMake)('a check runs nothing, also what make runs with -q', async () => {
  writeFileSync(join(dir, 'Makefile'), 'NOW := $(shell touch shell)\ninclude made.mk\nmade.mk:\n\ttouch made.mk\nall:\n\t+touch plus\n');
  expect(await changesOf({}, true)).toEqual(['outcome']);
  expect(readdirSync(dir)).toEqual(['Makefile']);
});

test('make takes no target that is an option or a variable, and a host without it is told in a check too', async () => {
  for (const target of ['-f', 'A=1', 'a\0b']) expect(make.args.safeParse({ chdir: dir, target }).success, target).toBe(false);
  await expect(changesOf({ make: 'no-such-make' }, true)).rejects.toMatchObject({ code: 'SW6011' });
});

test('each word reaches make as it is', async () => {
  const host = await withPrograms(dir, { make: 'case $* in *-q*) exit 1 ;; esac; printf "%s|" "$@"' });
  const args = make.args.parse({ chdir: dir, target: '$(touch x)', params: { A: `'; b "`, N: 1, E: null } });
  const { result } = await driveModule(make.run(host, args), host);
  expect(result.stdout).toBe(`-C|${dir}|$(touch x)|A='; b "|N=1|E=|`);
});
