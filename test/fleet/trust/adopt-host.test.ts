import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertAddress, assertTakesHost, checkNewName } from '../../../src/fleet/trust/adopt-host.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

test.each(['d1', 'drones', '-x', 'a b', ''])('%j is refused as the name of a new host', (name) => {
  expect(() => checkNewName(name, { inventory: makeInventory(makeHost('d1')) })).toThrow(expect.objectContaining({ code: 'SW1202' }));
});

test('a name that no host and no group has is accepted', () => {
  checkNewName('d2', { inventory: makeInventory(makeHost('d1')) });
});

test.each(['10.0.0.1:70000', '10.0.0.0/24', '10.0.0', 'a b', ''])('%j is refused as the address of a new host', (address) => {
  expect(() => assertAddress(address)).toThrow(expect.objectContaining({ code: 'SW1202' }));
});

test.each([
  ['no file', 'swarm.yml', undefined, 'there is no'],
  ['an INI file', 'hosts.ini', 'a ansible_host=10.0.0.1\n', 'is an inventory of Ansible'],
  ["Ansible's YAML", 'hosts.yml', 'all: { hosts: { a: {} } }\n', 'is an inventory of Ansible'],
  ['a program', 'prog', '#!/bin/sh\n', 'is an inventory of Ansible'],
])('a host is not adopted into %s', (_, name, text, why) => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-adopt-'));
  const file = join(dir, name);
  if (text !== undefined) writeFileSync(file, text, { mode: name === 'prog' ? 0o755 : 0o644 });
  expect(() => assertTakesHost(file, 'd2', '10.0.0.2')).toThrow(
    expect.objectContaining({ code: 'SW1202', message: expect.stringContaining(why) }),
  );
  rmSync(dir, { recursive: true });
});

test('a host is adopted into a file of swarm, also an empty one', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-adopt-'));
  for (const text of ['hosts: {}\n', '', '# none yet\n', 'hosts: { a: { routes: [ { local: a } ] } }\n']) {
    writeFileSync(join(dir, 'swarm.yml'), text);
    assertTakesHost(join(dir, 'swarm.yml'), 'd2', '10.0.0.2');
  }
  rmSync(dir, { recursive: true });
});
