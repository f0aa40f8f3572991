import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertPlanHolds, readSavedPlan, type SavedPlan, writeSavedPlan } from '../../../src/builds/plan/saved-plan.ts';
import { folder } from '../../journal/temporary-folder.ts';

const basis = {
  settings: { USE: 'x' },
  toolchain: { glibc: '2.41', gcc: '14' },
  profile: 'gentoo:base',
  repositories: { gentoo: 'c0ffee' },
  files: { 'package.use': ['a/b x'] },
};
const plan = {
  ...{
    targets: [{ name: 'desktop', drones: ['d1', 'd2'], basis }],
    packages: [],
    published: [],
    unpublishable: [],
    outdated: [],
    portage: '3.0.82',
  },
};
const saved: SavedPlan = { format: 'swarm build plan 1', made: '2026-12-01T12:00:00.000Z', ...plan };
const now = (change: Partial<typeof basis> = {}, drones = ['d1', 'd2', 'd3']) => [
  { name: 'desktop', drones, basis: { ...basis, ...change } },
];

test('what is written is read again', async () => {
  using dir = folder();
  const file = join(dir.path, 'plan.json');
  writeSavedPlan(file, plan, new Date(saved.made));
  expect(await readSavedPlan(file)).toEqual(saved);
});

test('a file that is cut off, of another kind or of another version is refused', async () => {
  using dir = folder();
  const file = join(dir.path, 'plan.json');
  writeSavedPlan(file, plan, new Date(saved.made));
  const text = readFileSync(file, 'utf8');
  for (const bad of [text.slice(0, -20), '', '[]', text.replace('plan 1', 'plan 9'), text.replace('"profile"', '"profil"')]) {
    writeFileSync(file, bad);
    await expect(readSavedPlan(file)).rejects.toMatchObject({
      code: 'SW1309',
      hint: `Make it again: swarm run build --check --plan ${file}`,
    });
  }
});

test('a plan holds while its drones fit and build with the same; other drones may join', () => {
  expect(() => assertPlanHolds('p', saved, now())).not.toThrow();
});

test.each([
  [now({ repositories: { gentoo: 'beef' } }), 'desktop: repository gentoo was "c0ffee", is "beef"'],
  [now({ settings: { USE: 'x y' } }), 'desktop: USE was "x", is "x y"'],
  [now({ files: { 'package.use': [] } }), 'desktop: package.use was "a/b x", is empty'],
  [now({ toolchain: { glibc: '2.41', gcc: '15' } }), 'desktop: gcc was "14", is "15"'],
  [now({ profile: 'gentoo:other' }), 'desktop: profile was "gentoo:base", is "gentoo:other"'],
  [now({}, ['d1']), 'd2 does not fit desktop any more'],
  [[], 'there is no target desktop any more'],
])('anything else is refused with the difference (%#)', (current, text) => {
  expect(() => assertPlanHolds('plan.json', saved, current)).toThrow(
    expect.objectContaining({
      ...{ code: 'SW3010', message: expect.stringContaining(text) },
      hint: 'Make a new plan: swarm run build --check --plan plan.json',
    }),
  );
});

test.each([
  ['of another target', { target: 'server' }, 'a/b-1 is for server, which is not a target of the plan'],
  ['with an unknown need', { needs: ['a/c-1'] }, 'a/b-1 needs a/c-1, which is not in the plan'],
  ['for another host', { drones: ['c1'] }, 'a/b-1 is for c1, which is not a drone of desktop in the plan'],
  ['that is in it twice', {}, 'a/b-1 is in it twice'],
])('an item %s was written by hand, and is refused', async (_, change, detail) => {
  using dir = folder();
  const file = join(dir.path, 'plan.json');
  const item: SavedPlan['packages'][number] = {
    ...{
      id: 'a/b-1',
      target: 'desktop',
      drones: ['d1'],
      cpv: 'a/b-1',
      slot: '0',
      subSlot: '0',
      repo: 'gentoo',
      eapi: '8',
      ebuild: null,
      config: null,
    },
    ...{
      use: [],
      iuse: [],
      restrict: [],
      basis: '',
      toolchain: {},
      flags: {},
      needs: [],
      dependencies: [],
      builtWith: [],
      base: [],
      ignored: [],
    },
    ...{ reason: 'new', because: 'requested' },
  };
  writeSavedPlan(file, { ...plan, packages: [item] }, new Date(saved.made));
  expect((await readSavedPlan(file)).packages).toEqual([item]);
  const twice = Object.keys(change).length === 0 ? [item, item] : [{ ...item, ...change }];
  writeSavedPlan(file, { ...plan, packages: twice }, new Date(saved.made));
  await expect(readSavedPlan(file)).rejects.toMatchObject({ code: 'SW1309', detail });
});
