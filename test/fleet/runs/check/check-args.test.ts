import { expect, test } from 'vitest';
import { ValidationError } from '../../../../src/core/error/swarm-error.ts';
import type { HostName } from '../../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../../src/core/inventory/target.ts';
import type { Vars } from '../../../../src/core/json-value.ts';
import type { Arg, Playbook } from '../../../../src/core/playbook/playbook-model.ts';
import { checkNamedArgs } from '../../../../src/fleet/runs/check/check-args.ts';
import { makeHost, makeInventory } from '../../inventory-hosts.ts';

const at = { file: 'inventory/swarm.yml', line: 3, column: 3, length: 7, text: '  desktop:' };
const desktop = { ...defaultTarget({ path: '/srv/a' }), name: 'desktop', clients: ['alpha' as HostName], at };
const server = { ...defaultTarget({ path: '/srv/b' }), name: 'server', clients: ['beta' as HostName] };
const office = { groups: ['office'] };
const hosts = [makeHost('d1'), makeHost('alpha', office), makeHost('beta', office), makeHost('gamma', { groups: [] })];
const inventory = { ...makeInventory(...hosts), groups: ['drones', 'office'], targets: [desktop, server] as const };
const args = Object.entries({
  packages: 'atom',
  target: 'target',
  for: 'client',
  exclude: 'package',
  clients: 'clients',
  options: 'option',
}).map(([name, of]) => ({ name, type: 'list', of }) as unknown as Arg);
const refused = (vars: Vars): readonly string[] => {
  try {
    checkNamedArgs({ args } as unknown as Playbook, vars, inventory);
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ValidationError)) throw thrown;
    return thrown.problems.map(({ code, message, hint }) => `${code} ${message} | ${hint}`);
  }
};

test('names of the inventory, patterns of clients and atoms are taken', () => {
  expect(refused({ packages: ['a/b', '@world'], target: ['server'], for: ['beta'], exclude: ['a/b:2'] })).toEqual([]);
  expect(refused({ for: ['all'], clients: ['office', '!beta'] })).toEqual([]);
  expect(refused({})).toEqual([]);
});

test('every wrong name is reported at once, with what to write', () => {
  expect(refused({ target: ['desktp', 'nope'], exclude: ['=a/b-1'], for: ['alpha'] })).toEqual([
    'SW1203 no target is called desktp | Did you mean desktop?',
    'SW1203 no target is called nope | Use one of: desktop, server',
    'SW1201 --exclude takes no version: =a/b-1 | Write category/name, or category/name:slot.',
  ]);
});

test('an option of emerge has its dashes', () => {
  expect(refused({ options: ['--with-test-deps', '-v'] })).toEqual([]);
  expect(refused({ options: ['with-test-deps', '--'] })).toEqual([
    'SW1205 "with-test-deps" is not an option of emerge | Write it with its dashes: --options=--with-test-deps',
    'SW1205 "--" is not an option of emerge | Write it with its dashes: --options=--with-test-deps',
  ]);
});

test('a package cannot be requested and excluded', () => {
  expect(refused({ packages: ['a/b', '=a/c-1'], exclude: ['a/c'] })).toEqual([
    'SW1205 =a/c-1 is requested and excluded | Leave out one of both: a/c, or --exclude a/c.',
  ]);
});

test('what is not a client is called what it is', () => {
  expect(refused({ for: ['alpah', 'nope', 'd1', 'office', 'drones'] })).toEqual([
    'SW1203 no client is called alpah | Did you mean alpha?',
    'SW1203 no client is called nope | Use one of: alpha, beta',
    'SW1203 d1 is not a client of a target | Use one of: alpha, beta. To add it, write in target desktop: clients: [alpha, d1]',
    'SW1203 office is a group, not a client | Name its clients: alpha, beta',
    'SW1203 drones is a group, not a client | Write in target desktop: clients: [alpha, d1]',
  ]);
  expect(refused({ target: ['server'], for: ['alpha'] })).toEqual([
    'SW1203 alpha is a client of desktop, not of server | Name its target: --target desktop',
  ]);
});

test('a pattern that has hosts beside the clients is refused', () => {
  expect(refused({ clients: ['gamma'] })).toEqual([
    'SW1203 gamma is not a client of a target | Use one of: alpha, beta. To add it, write in target desktop: clients: [alpha, gamma]',
  ]);
  expect(refused({ clients: ['all'] })).toEqual([
    'SW1203 `all` has hosts that are not clients: d1, gamma | The clients are: alpha, beta. Without a name, all are meant.',
  ]);
  expect(refused({ clients: ['ofice'] })).toEqual(['SW1203 no host or group is called `ofice` | Did you mean group `office` (2 hosts)?']);
});
