import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSavedPlan } from '../../../../src/builds/plan/saved-plan.ts';
import { SwarmError } from '../../../../src/core/error/swarm-error.ts';
import { defaultTarget } from '../../../../src/core/inventory/target.ts';
import type { Vars } from '../../../../src/core/json-value.ts';
import type { Arg, Playbook } from '../../../../src/core/playbook/playbook-model.ts';
import { checkPlanFile } from '../../../../src/fleet/runs/check/check-plan-file.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-plan-'));
  for (const target of ['default', 'gone']) {
    const basis = { settings: {}, toolchain: {}, profile: '', repositories: {}, files: {} };
    const plan = { packages: [], published: [], unpublishable: [], outdated: [], portage: null };
    writeSavedPlan(join(dir, `${target}.json`), { targets: [{ name: target, drones: ['d1'], basis }], ...plan }, new Date());
  }
  writeFileSync(join(dir, 'damaged.json'), '{ "format": ');
  mkdirSync(join(dir, 'folder'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const args = [
  { name: 'packages', type: 'list', of: 'atom' },
  { name: 'plan', type: 'path', of: 'plan' },
] as unknown as readonly Arg[];
const problem = async (file: string, check: boolean, vars: Vars = {}): Promise<string | undefined> => {
  const given = { packages: [], plan: join(dir, file), ...vars };
  try {
    await checkPlanFile({ args } as unknown as Playbook, given, { check, targets: [defaultTarget({ path: '/b' })] });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SwarmError) return `${thrown.code} ${thrown.message} | ${thrown.hint}`.replaceAll(`${dir}/`, '');
    throw thrown;
  }
};

test('a plan that is there and whole is taken, for targets that the project has', async () => {
  expect(await problem('default.json', false)).toBeUndefined();
  expect(await problem('gone.json', false)).toMatch(/^SW1203 no target is called gone/);
});

test('a plan that is missing or damaged, or is not alone, is known before a host is asked', async () => {
  expect(await problem('none.json', false)).toBe(
    'SW1205 there is no plan none.json | Make it first: swarm run build --check --plan none.json',
  );
  expect(await problem('damaged.json', false)).toMatch(/^SW1309 damaged.json is not a plan of swarm/);
  expect(await problem('default.json', false, { packages: ['a/b'] })).toMatch(/^SW1205 a saved plan takes no packages/);
});

test('a check needs a file that can be written', async () => {
  expect(await problem('new.json', true, { packages: ['a/b'] })).toBeUndefined();
  expect(await problem('damaged.json', true)).toBeUndefined(); // it is replaced
  expect(await problem('none/new.json', true)).toMatch(/^SW1205 the plan cannot be saved in none\/new.json: there is no folder none/);
  expect(await problem('folder', true)).toMatch(/it is a folder/);
});

test.skipIf(process.getuid?.() === 0)('a folder that is not writable is named', async () => {
  chmodSync(join(dir, 'folder'), 0o500);
  expect(await problem('folder/new.json', true)).toMatch(/folder is not writable/);
});
