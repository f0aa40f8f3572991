import { expect, test } from 'vitest';
import { sortByJumpDepth } from '../../../src/fleet/trust/trust-order.ts';
import { jumpOver, local, makeHost, makeInventory } from '../inventory-hosts.ts';

const names = (hosts: readonly { readonly name: string }[]): readonly string[] => hosts.map(({ name }) => name);

test('a jump host is trusted before the hosts behind it, however deep they are', () => {
  const deep = makeHost('deep', { routes: [jumpOver('middle')] });
  const middle = makeHost('middle', { routes: [jumpOver('gate')] });
  const gate = makeHost('gate');
  expect(names(sortByJumpDepth([deep, middle, gate], makeInventory(deep, middle, gate)))).toEqual(['gate', 'middle', 'deep']);
});

test('the deepest route of a host counts, and equals keep their order', () => {
  const both = makeHost('both', { routes: [local('10.0.0.5'), jumpOver('gate')] });
  const [one, gate] = [makeHost('one'), makeHost('gate')];
  expect(names(sortByJumpDepth([both, one, gate], makeInventory(both, one, gate)))).toEqual(['one', 'gate', 'both']);
});

test('two hosts that jump over each other end the search', () => {
  const [a, b] = [makeHost('a', { routes: [jumpOver('b')] }), makeHost('b', { routes: [jumpOver('a')] })];
  expect(names(sortByJumpDepth([a, b], makeInventory(a, b)))).toEqual(['a', 'b']);
});
