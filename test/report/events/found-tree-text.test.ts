import { expect, test } from 'vitest';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../src/core/run-state.ts';
import { describeFoundTree } from '../../../src/report/events/found-tree-text.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';

const found = {
  v: 1,
  run: 'r',
  seq: 1,
  at: '2026-12-01T12:00:00.000Z',
  type: 'tree.found',
  host: 'd1',
  task: '0.0',
  tree: '/etc/set',
  source: { id: 'b'.repeat(64), commit: '1a2b3c4d5e6f7a8b', dirty: true },
  version: { number: 3, id: 'a'.repeat(64), at: '2026-11-26T10:11:12.000Z', run: 'r0' },
  send: ['a', 'b'],
  remove: [],
  changedThere: ['a'],
} as const;

test('a line has the version, where it is from, and what differs', () => {
  const { version: _, ...none } = found;
  const lines = [found, none, { ...found, send: [], changedThere: [] }].map((event) => JSON.stringify(describeFoundTree(event)));
  expect(lines[0]).toContain(
    'version 3, content aaaaaaaaaaaa, pushed 2026-11-26 10:11 by run r0  1 path changed on the host: a  2 paths to send: a, b  the source is commit 1a2b3c4d5e6f with changes  a push undoes what was changed on the host: copy what you want to keep into the source first',
  );
  expect(lines[1]).toContain('/etc/set  no version yet');
  expect(lines[2]).toContain('as the source');
  const kept = [{ ...found.version, number: 2, commit: '9f8e7d6c5b4a3' }, { number: 1 }];
  const line = JSON.stringify(describeFoundTree({ ...found, kept }));
  const added = { ...found, send: [], changedThere: [], addedThere: ['x', 'y'] };
  expect(JSON.stringify(describeFoundTree(added))).toContain('as the source  2 paths added on the host: x, y');
  expect(line).toContain('also kept: 2 (commit 9f8e7d6c5b4a), 1 (before the first push)');
});

test('the document has each tree with a status', () => {
  const statusOf = (event: Parameters<typeof reduce>[1]) => runDocument(reduce(initialRunState('r'), event))['trees'];
  const behind = { ...found, changedThere: [] };
  expect([found, behind, { ...behind, send: [] }].map((event) => statusOf(event))).toMatchObject([
    [{ name: '/etc/set', host: 'd1', status: 'changed', changed_there: ['a'] }],
    [{ status: 'behind' }],
    [{ status: 'current' }],
  ]);
  expect(statusOf({ ...behind, send: [], addedThere: ['x'] })).toMatchObject([{ status: 'current', added_there: ['x'] }]);
  expect(statusOf({ ...found, kept: [{ number: 1 }] })).toMatchObject([{ kept: [{ number: 1 }] }]);
});
