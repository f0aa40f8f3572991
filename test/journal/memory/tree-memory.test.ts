import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readChangedTrees, recordTrees } from '../../../src/journal/memory/tree-memory.ts';
import { folder } from '../temporary-folder.ts';

const at = '2026-12-01T12:00:00.000Z';
type Run = Parameters<typeof recordTrees>[1];

const push = (check: boolean, changed: Readonly<Record<string, readonly string[]>>, failed = 0) =>
  ({
    ...{ playbook: 'push', check, startedAt: at },
    hosts: new Map(Object.keys(changed).map((host) => [host, { tally: { failed, unreachable: 0, refused: 0 } }])),
    trees: Object.entries(changed).map(([host, changedThere]) => ({ host, tree: '/etc/swarm', changedThere })),
  }) as unknown as Run;

test('a tree is changed until a push has put it back or finds it as it was', async () => {
  using dir = folder();
  const entry = { tree: '/etc/swarm', paths: ['a.conf'], at, playbook: 'push' };
  await recordTrees(dir.path, push(true, { d1: ['a.conf'], d2: ['a.conf'], d3: [] }));
  expect([...readChangedTrees(dir.path)]).toEqual([
    ['d1', [entry]],
    ['d2', [entry]],
  ]);
  await recordTrees(dir.path, push(false, { d1: ['a.conf'] }, 1));
  await recordTrees(dir.path, push(true, { d2: [] }));
  expect([...readChangedTrees(dir.path)]).toEqual([['d1', [entry]]]);
  await recordTrees(dir.path, push(false, { d1: ['a.conf'] }));
  expect([...readChangedTrees(dir.path)]).toEqual([]);
});

test('a damaged file counts as empty', () => {
  using dir = folder();
  for (const text of ['{', '[]', '{"d1":{"/etc":{"at":1}}}', '{"d1":{"/etc":{"at":"x","playbook":"push","paths":[1]}}}']) {
    writeFileSync(join(dir.path, 'trees.json'), text);
    expect(readChangedTrees(dir.path).size).toBe(0);
  }
});
