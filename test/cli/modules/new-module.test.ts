import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newModuleCommand } from '../../../src/cli/modules/new-module.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { moduleSource } from '../../../src/engine/module-source.ts';
import { createLocalHost, driveModule } from '../../modules/local-host.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-new-module-'));
  mkdirSync(join(dir, 'inventory'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

const create = (name: string, language?: 'typescript' | 'python' | 'shell') =>
  newModuleCommand(name, { directory: dir, output: 'plain', ...(language === undefined ? {} : { language }) } as never);
const hasPython = spawnSync('/usr/bin/python3', ['--version']).status === 0;

test.each([
  ['greet.py', undefined, 'modules/greet.py', hasPython],
  ['greet', 'python', 'modules/greet.py', hasPython],
  ['greet.sh', undefined, 'modules/greet.sh', true],
] as const)('a module %s in %s works as it is', async (name, language, file, canRun) => {
  expect(await create(name, language)).toBe(0);
  expect(statSync(join(dir, file)).mode & 0o777).toBe(0o755);
  const module = (await moduleSource(dir).load('greet')) as AnyModule;
  expect(module.args.safeParse({ path: 'x', text: 'hello' }).success).toBe(false);
  expect(module.args.safeParse({ path: '/x', txt: 'hello' }).success).toBe(false);
  if (!canRun) return;
  const path = join(dir, 'hello there');
  const run = (args: object, check = false) => driveModule(module.run(createLocalHost(dir), args), createLocalHost(dir), check);
  const args = { path, text: 'hello you' };
  expect(await run(args, true)).toMatchObject({ changes: [{ subject: path, after: 'hello you\n' }], result: { path } });
  expect(() => readFileSync(path)).toThrow('ENOENT');
  expect((await run(args)).changes).toHaveLength(1);
  expect(readFileSync(path, 'utf8')).toBe('hello you\n');
  expect(await run(args)).toMatchObject({ changes: [], result: { path } });
  if (file.endsWith('.py')) {
    expect((await run({ path, text: '"\\ ä' })).changes).toMatchObject([{ before: 'hello you\n', after: '"\\ ä\n' }]);
    await expect(run({ path: `${dir}/none/x`, text: 'a' })).rejects.toMatchObject({ code: 'SW6012' });
  } else
    await expect(run({ path, text: '"' })).rejects.toMatchObject({ code: 'SW6012', message: expect.stringContaining('without quotes') });
});

test('a name whose ending is of another language is refused', async () => {
  await expect(create('greet.py', 'shell')).rejects.toMatchObject({ code: 'SW1202', hint: 'Write: swarm modules new greet' });
});

test('if one file cannot be written, none stays, and the next try works', async () => {
  writeFileSync(join(dir, 'test'), '');
  await expect(create('greet')).rejects.toMatchObject({ code: expect.stringMatching(/^SW/) });
  expect(existsSync(join(dir, 'modules/greet.ts'))).toBe(false);
  rmSync(join(dir, 'test'));
  expect(await create('greet')).toBe(0);
});
