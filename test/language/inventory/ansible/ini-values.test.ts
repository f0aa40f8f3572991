import { expect, test } from 'vitest';
import { readIniInventory } from '../../../../src/language/inventory/ansible/ini-inventory.ts';

/** What ansible-inventory of Ansible 2.14 prints for these lines. */
const VALUES: readonly (readonly [text: string, value: unknown])[] = [
  ['"text # no"', 'text # no'],
  ['"text" # comment', 'text'],
  ["'it' # comment", 'it'],
  ['1 # comment', 1],
  ['True # comment', true],
  ['[1, "a # b"] # comment', [1, 'a # b']],
  ['yes # no comment of a text', 'yes # no comment of a text'],
  ['abc#def', 'abc#def'],
  ['a ; b', 'a ; b'],
  ['"quo\\"ted"', 'quo"ted'],
  ["'sq'", 'sq'],
  ['"x" and "y"', '"x" and "y"'],
  ['a=b', 'a=b'],
  ['', ''],
  ['0644', '0644'],
  ['None', null],
  ['{"a": "#x"}', { a: '#x' }],
];

test.each(VALUES)('a variable of a group: %s', (text, value) => {
  const { groups } = readIniInventory(`[web:vars]\nname=${text}\n`, '/tmp/hosts.ini', []);
  expect(groups.get('web')?.vars).toEqual({ name: value });
});
