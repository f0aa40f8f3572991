import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readInventory } from '../../../../src/language/inventory/read-inventory.ts';

const root = mkdtempSync(join(tmpdir(), 'swarm-'));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
function read(files: Readonly<Record<string, string>>) {
  const dir = join(root, String(count++));
  for (const folder of ['inventory', 'group_vars', 'host_vars']) mkdirSync(join(dir, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return readInventory({ dir, home: '/home/kim', user: 'kim', identities: new Map() });
}

const swarm = 'hosts:\n  a:\n    routes: [ { local: 192.0.2.1 } ]\n';

test.each([
  ['vars of a host', { 'inventory/swarm.yml': `${swarm}    vars: { hosts: 1 }\n` }, 'inventory/swarm.yml', 4],
  ['vars of a group', { 'inventory/swarm.yml': `${swarm}groups:\n  g: { hosts: [a], vars: { hosts: 1 } }\n` }, 'inventory/swarm.yml', 5],
  ['group_vars', { 'inventory/swarm.yml': swarm, 'group_vars/all.yml': 'b: 1\nhosts: 1\n' }, 'group_vars/all.yml', 2],
  ['host_vars', { 'inventory/swarm.yml': swarm, 'host_vars/a.yml': 'hosts: 1\n' }, 'host_vars/a.yml', 1],
  ['an INI inventory', { 'inventory/hosts.ini': 'a ansible_host=192.0.2.1 hosts=1\n' }, 'inventory/hosts.ini', 1],
  ['two inventories', { 'inventory/swarm.yml': swarm, 'inventory/hosts.ini': 'a hosts=1\n' }, undefined, undefined],
] as const)('%s: a name that hides a variable of swarm is warned of', (_, files, file, line) => {
  const at = file === undefined ? expect.anything() : expect.objectContaining({ file, line });
  const message = '`hosts` hides a variable of swarm (names of the selected hosts)';
  expect(read(files).warnings).toEqual([expect.objectContaining({ code: 'SW1118', message, at })]);
});

test.each(['heal', 'least_rate', 'become_user', 'identity_file', 'protected'])(
  '%s as a variable is warned of, because it sets nothing',
  (name) => {
    const { warnings } = read({ 'inventory/swarm.yml': `${swarm}    vars: { ${name}: x, user: joe, port: 80 }\n` });
    expect(warnings).toEqual([
      expect.objectContaining({ code: 'SW1313', message: `\`${name}\` is a variable here, and sets nothing for the host` }),
    ]);
  },
);

test('warnings: false of the inventory turns the warning off', () => {
  const files = { 'inventory/swarm.yml': `${swarm}    vars: { facts: 1 }\n`, 'group_vars/all.yml': 'hosts: 1\n' };
  expect(read(files).warnings?.map(({ hint }) => hint)[0]).toContain('write warnings: false in inventory/swarm.yml');
  expect(read({ ...files, 'inventory/more.yml': 'warnings: false\n' }).warnings).toEqual([]);
});

test.each([
  { 'inventory/swarm.yml': `${swarm}    vars: { omit: 1 }\n` },
  { 'inventory/swarm.yml': swarm, 'group_vars/all.yml': 'omit: 1\n' },
  { 'inventory/swarm.yml': swarm, 'host_vars/a.yml': 'omit: 1\n' },
  { 'inventory/hosts.ini': 'a ansible_host=192.0.2.1 omit=1\n' },
])('a name with a fixed meaning is an error: %j', (files) => {
  expect(() => read(files)).toThrow('`omit` is a name of swarm with a fixed meaning');
});
