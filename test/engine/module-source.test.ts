import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SwarmError } from '../../src/core/error/swarm-error.ts';
import { moduleSource } from '../../src/engine/module-source.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-modules-'));
mkdirSync(join(dir, 'modules'));
const write = (name: string, text: string): void => writeFileSync(join(dir, 'modules', name), text);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

write(
  'greet.ts',
  `import { defineModule, SwarmError, z } from 'build-swarm';
export default defineModule({
  summary: 'greets',
  args: z.strictObject({ name: z.string() }),
  example: 'greet: { name: larry }',
  async *run(probe, { name }: { name: string }) {
    if (name === 'nobody') throw new SwarmError('SW6012', 'nobody is there');
    return { greeting: 'hello ' + name };
  },
});
`,
);
write(
  'ping.ts',
  `import { defineModule, z } from 'build-swarm';\nexport default defineModule({ summary: 'ours', args: z.strictObject({}), example: '', async *run() { return {}; } });\n`,
);
write('broken.ts', 'export default 1 +;\n');
write('none.ts', 'export const answer = 42;\n');

test('built-in modules and those of the project have the names of their files', () => {
  expect(moduleSource(dir).names).toEqual(expect.arrayContaining(['command', 'greet', 'ping', 'broken']));
  expect(moduleSource().names).not.toContain('greet');
  expect(moduleSource().names.every((name) => /^\w+$/.test(name))).toBe(true);
});

test('a module of the project is loaded from TypeScript, shares the error classes of swarm, and takes precedence over a built-in one', async () => {
  const source = moduleSource(dir);
  const greet = await source.load('greet');
  expect(greet?.args.safeParse({ name: 'larry' }).success).toBe(true);
  const thrown = await greet
    ?.run({} as never, { name: 'nobody' })
    .next()
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(SwarmError);
  expect((await source.load('ping'))?.summary).toBe('ours');
  expect((await moduleSource().load('ping'))?.summary).not.toBe('ours');
});

test('a file that is not a module, or does not compile, is an error with its name; an unknown name is undefined', async () => {
  const source = moduleSource(dir);
  await expect(source.load('broken')).rejects.toMatchObject({ code: 'SW1111', at: { file: 'modules/broken.ts', line: 1, column: 19 } });
  await expect(source.load('none')).rejects.toMatchObject({ code: 'SW1111' });
  expect(await source.load('nowhere')).toBeUndefined();
});
