import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AnyModule, Remote } from '../../src/core/module.ts';
import {
  assertCheckWritesNothing,
  assertResultFitsSchema,
  assertSecondRunChangesNothing,
  assertUnknownArgumentRefused,
  runModuleOnce,
} from '../../src/sdk/testing/module-laws.ts';
import type { Case } from './cases/case.ts';
import { createLocalHost } from './local-host.ts';
import { failingModules, moduleCases } from './module-cases.ts';

const folder = resolve(import.meta.dirname, '../../modules');
const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
const modules = new Map<string, AnyModule>();
for (const file of files) modules.set(basename(file, '.ts'), (await import(join(folder, file))).default as AnyModule);
const names = [...modules.keys()];

test('no two modules have the same name', () => {
  expect(names).toHaveLength(files.length);
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-law-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The programs that stand in for emerge and the tools of an init keep their own notes in these files. */
const isStandInFile = (path: string): boolean => ['asked', 'env', 'script'].includes(basename(path));

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

  test('has a summary of one line', () => {
    expect(module.summary).toMatch(/^[^\n]{10,120}$/);
  });

  test('has a returns schema, for docs/modules.md and for the type of what is registered', () => {
    expect(typeof module.returns?.safeParse).toBe('function');
  });

  /** Every module has a case; one without is an error here and not a test that is left out. */
  const prepareCase = async (): Promise<Case> => {
    const prepare = moduleCases[name];
    if (prepare === undefined) throw new Error(`test/modules/module-cases.ts has no case for ${name}`);
    return await prepare(dir);
  };
  const fails = failingModules[name];

  test(fails ? `fails with ${fails} in a check, and writes nothing` : 'a check writes nothing', async () => {
    const { args, remote } = await prepareCase();
    const host = { dir, probe: remote, remote };
    const check = assertCheckWritesNothing(module, args, host, isStandInFile);
    if (fails) await expect(check).rejects.toMatchObject({ code: fails });
    else await check;
    expect(remote.ran.filter(({ how }) => how === 'exec' || how === 'write')).toEqual([]);
  });

  test(fails ? `fails with ${fails} in a run too` : 'a second run changes nothing, and returns what its schema describes', async () => {
    const { args, remote } = await prepareCase();
    const host = { dir, probe: remote, remote };
    if (fails) {
      await expect(runModuleOnce(module, args, host)).rejects.toMatchObject({ code: fails });
      return;
    }
    const checked = await runModuleOnce(module, args, { probe: remote });
    const first = await assertSecondRunChangesNothing(module, args, host, checked);
    expect(await readdir(dir)).not.toContain('injected');
    expect([checked, first].map(({ result }) => module.returns?.safeParse(result).error?.message)).toEqual([undefined, undefined]);
  });
});

const sample = (run: AnyModule['run']): AnyModule => ({ summary: 'a sample', args: z.strictObject({}), example: '', run });
const write = (dir: string) => (remote: Remote) => remote.write(join(dir, 'x'), new Uint8Array([1]));

describe('the laws find a module that breaks them', () => {
  test('one that writes while it decides', async () => {
    const remote = createLocalHost(dir);
    // biome-ignore lint/correctness/useYield: the fault is that it writes outside a change
    const module = sample(async function* (probe) {
      await write(dir)(probe as Remote);
    });
    await expect(assertCheckWritesNothing(module, {}, { dir, probe: remote, remote })).rejects.toThrow(/changed files in a check: x\./);
  });

  test('one that changes on every run', async () => {
    const remote = createLocalHost(dir);
    const module = sample(async function* () {
      yield { verb: 'update', subject: 'x', apply: write(dir) };
    });
    const host = { dir, probe: remote, remote };
    const checked = await runModuleOnce(module, {}, { probe: remote });
    await expect(assertSecondRunChangesNothing(module, {}, host, checked)).rejects.toThrow(/second run still changes: update x\./);
  });

  test('one that accepts any argument', () => {
    const module = { ...sample(async function* () {}), args: z.object({}) };
    expect(() => assertUnknownArgumentRefused(module, {})).toThrow(/accepts an argument/);
  });

  test('one that returns another value than it describes', () => {
    const module = { ...sample(async function* () {}), returns: z.strictObject({ a: z.string() }) };
    expect(() => assertResultFitsSchema(module, { changes: [], result: { a: 1 } })).toThrow(/a: Invalid input/);
  });
});
