import { expect, test } from 'vitest';
import { planWithConsumers } from '../../../src/builds/plan/plan-consumers.ts';
import { readEntry } from '../../../src/gentoo/binhost/index-entry.ts';
import type { DependencyGraph } from '../../../src/gentoo/plan/dependency-graph.ts';

const names = ['u1', 'u2', 'u3', 'u4', 'u5'];
const entries = names.map((name) =>
  readEntry(
    new Map([
      ['CPV', `app-x/${name}-1`],
      ['RDEPEND', 'dev-libs/icu:0/74='],
    ]),
  ),
);

/** An emerge that plans all but the masked ones. */
function makePlanner(masked: readonly string[]) {
  const asked: (readonly string[])[] = [];
  const ask = (atoms: readonly string[]): Promise<DependencyGraph> => {
    asked.push(atoms);
    const success = !atoms.some((atom) => masked.includes(atom));
    const all = [{ cp: 'dev-libs/icu', version: '75', slot: '0', sub_slot: '75' }];
    const found = atoms.map((atom) => ({ cp: atom.split(':')[0], version: '1', slot: '0', sub_slot: '0' }));
    return Promise.resolve({
      success,
      moves: [],
      messages: success ? '' : 'masked',
      packages: [...all, ...found],
    } as unknown as DependencyGraph);
  };
  return { ask, asked };
}

test('consumers are added in one more question', async () => {
  const { ask, asked } = makePlanner([]);
  const { graph, refused } = await planWithConsumers(ask, ['app-x/u1'], entries);
  expect(asked).toEqual([['app-x/u1'], ['app-x/u1', 'app-x/u2:0', 'app-x/u3:0', 'app-x/u4:0', 'app-x/u5:0']]);
  expect(graph.packages).toHaveLength(6);
  expect(refused).toEqual([]);
});

test('those that cannot be planned are found, and the others are planned', async () => {
  const { ask } = makePlanner(['app-x/u3:0', 'app-x/u5:0']);
  const { graph, refused } = await planWithConsumers(ask, ['app-x/u1'], entries);
  expect(graph.packages.map(({ cp }) => cp)).toEqual(['dev-libs/icu', 'app-x/u1', 'app-x/u2', 'app-x/u4']);
  expect(refused.map(({ consumer, messages }) => [consumer.cpv, messages])).toEqual([
    ['app-x/u3-1', 'masked'],
    ['app-x/u5-1', 'masked'],
  ]);
});

test('a plan that fails by itself is the answer', async () => {
  const { ask, asked } = makePlanner(['app-x/u1']);
  expect((await planWithConsumers(ask, ['app-x/u1'], entries)).graph.success).toBe(false);
  expect(asked).toHaveLength(1);
});

test('the number of questions has a limit', async () => {
  const many = Array.from({ length: 200 }, (_, i) => `u${i}`);
  const { ask, asked } = makePlanner(many.map((name) => `app-x/${name}:0`));
  const all = many.map((name) =>
    readEntry(
      new Map([
        ['CPV', `app-x/${name}-1`],
        ['RDEPEND', 'dev-libs/icu:0/74='],
      ]),
    ),
  );
  await planWithConsumers(ask, ['dev-libs/icu'], all);
  expect(asked.length).toBeLessThanOrEqual(25);
});

test('what needs a package by its old name is planned with it', async () => {
  const { ask, asked } = makePlanner([]);
  const renamed = async (atoms: readonly string[]) => ({
    ...(await ask(atoms)),
    moves: [{ from: 'dev-libs/icu', to: 'dev-libs/unicode' }],
  });
  const old = readEntry(
    new Map([
      ['CPV', 'dev-libs/icu-74'],
      ['SLOT', '0/74'],
    ]),
  );
  await planWithConsumers(renamed, ['app-x/u1'], [...entries.slice(0, 2), old]);
  expect(asked).toEqual([['app-x/u1'], ['app-x/u1', 'app-x/u2:0']]);
});
