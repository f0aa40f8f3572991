import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { AnyModule } from '../../src/core/module.ts';
import { driveModule } from './local-host.ts';
import { moduleCases } from './module-cases.ts';

const folder = resolve(import.meta.dirname, '../../modules');
const names = (await readdir(folder)).filter((file) => file.endsWith('.ts')).map((file) => basename(file, '.ts'));
const modules = new Map<string, AnyModule>();
for (const name of names) modules.set(name, (await import(join(folder, `${name}.ts`))).default as AnyModule);

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-law-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** Every path below, with its content: what a module may not touch in check mode. */
async function snapshot(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter(({ name }) => !['asked', 'env', 'script'].includes(name))
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(dir.length), entry.isFile() ? (await readFile(path)).toString('latin1') : 'not a file'] as const;
      }),
  );
  return Object.fromEntries(files.sort(([a], [b]) => a.localeCompare(b)));
}

describe.each(names)('%s', (name) => {
  const module = modules.get(name) as AnyModule;

  test('the example is YAML that names the module and passes its schema', () => {
    const example = parse(module.example) as Record<string, unknown>;
    expect(Object.keys(example)).toEqual([name]);
    const args = example[name];
    const given = typeof args === 'string' && module.freeForm !== undefined ? { [module.freeForm]: args } : args;
    expect(module.args.safeParse(given).error?.message).toBeUndefined();
  });

  test('an arg that it does not have is refused', () => {
    const args = (parse(module.example) as Record<string, Record<string, unknown>>)[name] ?? {};
    const refused = module.args.safeParse({ ...args, surely_no_such_arg: 1 });
    expect(refused.error?.issues.map(({ code }: { code: string }) => code)).toContain('unrecognized_keys');
  });

  test('says what it does in one line', () => {
    expect(module.summary).toMatch(/^[^\n]{10,120}$/);
  });

  const law = moduleCases[name];

  test('has a case here, so that the laws below are tried on it', () => {
    expect(law).toBeDefined();
  });
  if (!law) return;

  test('check mode writes nothing and says the same changes', async () => {
    const { args, remote, fails, checkOnly } = await law(dir);
    if (fails) return expect(driveModule(module.run(remote, module.args.parse(args)), remote, true)).rejects.toMatchObject({ code: fails });
    const before = await snapshot();
    const checked = await driveModule(module.run(remote, module.args.parse(args)), remote, true);
    expect(await snapshot()).toEqual(before);
    expect(remote.ran.filter(({ how }) => how === 'exec' || how === 'write')).toEqual([]);
    if (checkOnly) return;
    const applied = await driveModule(module.run(remote, module.args.parse(args)), remote);
    expect(checked.changes.map(({ verb, subject }) => `${verb} ${subject}`)).toEqual(
      applied.changes.map(({ verb, subject }) => `${verb} ${subject}`),
    );
  });

  test('a second run changes nothing; what is a command says run', async () => {
    const { args, remote, fails, checkOnly } = await law(dir);
    if (fails || checkOnly) return;
    await driveModule(module.run(remote, module.args.parse(args)), remote);
    const { changes } = await driveModule(module.run(remote, module.args.parse(args)), remote);
    expect(changes.filter(({ verb }) => verb !== 'run')).toEqual([]);
  });
});

test('the sandbox of these tests notices a write', async () => {
  const before = await snapshot();
  await mkdir(join(dir, 'x'));
  await writeFile(join(dir, 'x/y'), 'z');
  expect(await snapshot()).not.toEqual(before);
});
