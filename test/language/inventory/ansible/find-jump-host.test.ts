import { expect, test } from 'vitest';
import type { Vars } from '../../../../src/core/json-value.ts';
import { createJumpHostFinder } from '../../../../src/language/inventory/ansible/find-jump-host.ts';
import type { MergedInventory } from '../../../../src/language/inventory/merge-inventory.ts';

const source = { file: '', value: undefined, valueSpan: fail, keySpan: fail, textSpan: fail };
function fail(): never {
  throw new Error('no position is asked for');
}

function createFinder(addresses: Readonly<Record<string, string>>) {
  const located = (address: string) => ({ source, path: [], value: { vars: { ansible_host: address } } });
  const hosts: MergedInventory['hosts'] = new Map(Object.entries(addresses).map(([name, address]) => [name, located(address)]));
  let merges = 0;
  const mergeVars = (_: string, own: Vars): Vars => {
    merges++;
    return own;
  };
  return { find: createJumpHostFinder({ hosts }, { mergeVars }), countMerges: () => merges };
}

test('a jump host is found by its name, else by its address; of two with one address the first', () => {
  const { find } = createFinder({ a: '10.0.0.1', b: '10.0.0.2', twin: '10.0.0.2', c: 'b' });
  expect(['b', '10.0.0.1', '10.0.0.2', 'nowhere'].map(find)).toEqual(['b', 'a', 'b', 'nowhere']);
});

test('the addresses of all hosts are listed once, whatever the number of jumps', () => {
  const { find, countMerges } = createFinder(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`h${at}`, `10.0.0.${at}`])));
  for (let at = 0; at < 100; at++) expect(find(`10.0.0.${at}`)).toBe(`h${at}`);
  expect(countMerges()).toBe(100);
});
