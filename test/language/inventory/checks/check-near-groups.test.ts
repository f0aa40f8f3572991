import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInventory } from '../../../../src/language/inventory/read-inventory.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-'));
afterAll(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, 'inventory'));

const warningsOf = (groups: string, more: string) => {
  writeFileSync(
    join(dir, 'inventory/swarm.yml'),
    `hosts:\n  a:\n    groups: ${groups}\n    routes: [ { local: 192.0.2.1 } ]\ngroups:\n  nas: {}\n  web1: {}\n${more}`,
  );
  return readInventory({ dir, home: '/home/kim', user: 'kim', identities: new Map() }).warnings;
};

test('a group of a host that nearly has the name of one in groups: is warned of, with its place', () => {
  expect(warningsOf('[nas, nass]', '')).toMatchObject([
    {
      message: 'a is in the group `nass`, which groups: does not have',
      hint: expect.stringContaining('Did you mean `nas`?'),
      at: { line: 3, column: 19 },
    },
  ]);
});

test.each([
  ['no near name', '[clients]', ''],
  ['another number', '[web2]', ''],
  ['one that groups: has too', '[nass]', '  nass: {}\n'],
  ['without warnings', '[nass]', 'warnings: false\n'],
])('%s is not a mistake', (_, groups, more) => expect(warningsOf(groups, more)).toEqual([]));
