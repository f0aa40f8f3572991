import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readUnfitDrones, recordTargets } from '../../../src/journal/memory/target-memory.ts';
import { folder } from '../temporary-folder.ts';

const at = '2026-12-01T12:00:00.000Z';
const unfit = (...drones: readonly string[]) => drones.map((drone) => ({ drone, because: `${drone} is old`, fix: 'Sync it.' }));

test('a drone is unfit until it was asked again and fits', async () => {
  using dir = folder();
  await recordTargets(dir.path, { desktop: { at, fitting: ['d1'], unfit: unfit('d2', 'd3') } });
  await recordTargets(dir.path, { desktop: { at, fitting: ['d2'], unfit: [] }, server: { at, fitting: [], unfit: unfit('d1') } });
  expect([...readUnfitDrones(dir.path)]).toEqual([
    ['d3', [{ target: 'desktop', because: 'd3 is old', fix: 'Sync it.', at }]],
    ['d1', [{ target: 'server', because: 'd1 is old', fix: 'Sync it.', at }]],
  ]);
});

test('a damaged file counts as empty', async () => {
  using dir = folder();
  for (const text of ['{', '[]', '{"desktop":{"d1":{"because":1}}}', '{"desktop":{"d1":{"at":"x","because":1}}}']) {
    writeFileSync(join(dir.path, 'targets.json'), text);
    expect(readUnfitDrones(dir.path).size).toBe(0);
  }
});

test('what several processes learn at once is all kept', async () => {
  using dir = folder();
  const targets = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(targets.map((name) => recordTargets(dir.path, { [name]: { at, fitting: [], unfit: unfit('d9') } })));
  expect(
    readUnfitDrones(dir.path)
      .get('d9')
      ?.map(({ target }) => target)
      .sort(),
  ).toEqual(targets);
});
