import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AnyModule } from '../../src/core/module.ts';
import { moduleSource } from '../../src/engine/module-source.ts';
import { createLocalHost, driveModule } from '../modules/local-host.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-programs-'));
mkdirSync(join(dir, 'modules'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function writeProgram(name: string, text: string): void {
  writeFileSync(join(dir, 'modules', name), text);
  chmodSync(join(dir, 'modules', name), 0o755);
}
const load = async (name: string): Promise<AnyModule> => (await moduleSource(dir).load(name)) as AnyModule;
const run = (module: AnyModule, args: unknown, check = false) =>
  driveModule(module.run(createLocalHost(dir), args), createLocalHost(dir), check);

writeProgram(
  'greeting.sh',
  `#!/bin/sh
read -r input
[ "$(cat greeting 2>/dev/null)" = hello ] && { echo '{"changed":false,"path":"greeting"}'; exit; }
case $input in *'"check":false'*) echo hello >greeting ;; esac
printf '%s\\n' '{"changed":true,"after":"hello\\n","path":"greeting"}'
`,
);
writeFileSync(
  join(dir, 'modules/greeting.json'),
  JSON.stringify({ summary: 'Writes a greeting', args: { properties: { name: { type: 'string' } } } }),
);

test('a program is asked what differs, changes it once, and registers what it prints', async () => {
  const module = await load('greeting');
  expect(module.summary).toBe('Writes a greeting');
  expect(await run(module, {}, true)).toMatchObject({ changes: [{ after: 'hello\n' }], result: { path: 'greeting' } });
  expect(() => readFileSync(join(dir, 'greeting'))).toThrow('ENOENT');
  expect((await run(module, {})).changes).toHaveLength(1);
  expect(await run(module, {})).toEqual({ changes: [], result: { path: 'greeting' } });
});

test('the schema beside it refuses an argument that it does not have', async () => {
  const module = await load('greeting');
  expect(module.args.safeParse({ name: 'larry' }).success).toBe(true);
  expect(module.args.safeParse({ name: 'larry', nme: 1 }).success).toBe(false);
});

test.each([
  ['prints_text', '#!/bin/sh\necho hello\n', 'SW6015', 'printed no JSON object'],
  ['exits', '#!/bin/sh\necho why >&2\nexit 3\n', 'SW6015', 'ended with exit status 3'],
  [
    'nests',
    "#!/bin/sh\nprintf '{\"changed\":false,\"x\":'; printf '[%.0s' $(seq 200); printf ']%.0s' $(seq 200); printf '}'\n",
    'SW6015',
    'deeper than 100',
  ],
  ['refuses', `#!/bin/sh\necho '{"failed":true,"msg":"no space"}'\n`, 'SW6012', 'no space'],
])('a program that %s fails the task', async (name, text, code, message) => {
  writeProgram(name, text);
  await expect(run(await load(name), {})).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a file that may not be executed is not a module', () => {
  writeFileSync(join(dir, 'modules/notes.txt'), '');
  expect(moduleSource(dir).names).not.toContain('notes');
  expect(moduleSource(dir).ownNames).toContain('greeting');
});

test('a script that may not be executed is named where a task uses it', async () => {
  writeFileSync(join(dir, 'modules/locked.py'), '#!/usr/bin/python3\n');
  const hint = `Run: chmod +x ${join(dir, 'modules/locked.py')}`;
  await expect(load('locked')).rejects.toMatchObject({ code: 'SW1111', hint });
});
