import { expect, test } from 'vitest';
import { checkNewName } from '../../../src/fleet/trust/adopt-host.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

test.each(['d1', 'drones', '-x', 'a b', ''])('%j is refused as the name of a new host', (name) => {
  expect(() => checkNewName(name, { inventory: makeInventory(makeHost('d1')) })).toThrow(expect.objectContaining({ code: 'SW1202' }));
});

test('a name that no host and no group has is accepted', () => {
  checkNewName('d2', { inventory: makeInventory(makeHost('d1')) });
});
