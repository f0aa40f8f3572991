import { expect, test } from 'vitest';
import { parseAtom } from '../../../src/gentoo/atom/atom.ts';

test.each([
  ['www-client/firefox', { category: 'www-client', name: 'firefox' }],
  ['=dev-libs/boost-1.88.0-r1', { operator: '=', name: 'boost', version: '1.88.0-r1' }],
  ['>=dev-libs/boost-1.88:0/1.88=', { operator: '>=', version: '1.88', slot: '0', subSlot: '1.88', slotOperator: '=' }],
  ['=dev-lang/python-3.1*', { operator: '=', version: '3.1', prefix: true }],
  ['~sys-devel/gcc-14.2.0', { operator: '~', version: '14.2.0' }],
  ['dev-libs/a:=', { slotOperator: '=' }],
  ['dev-libs/a:*', { slotOperator: '*' }],
  ['dev-libs/a:2::guru', { slot: '2', repository: 'guru' }],
  ['dev-libs/a::gentoo', { repository: 'gentoo' }],
  ['!!<dev-libs/a-2', { blocks: 'strong', operator: '<', version: '2' }],
  ['!dev-libs/a', { blocks: 'weak' }],
  [
    'x/y[a,-b,c?,!d?,e=,!f=,g(+),-h(-)]',
    {
      use: [
        { flag: 'a', kind: 'on' },
        { flag: 'b', kind: 'off' },
        { flag: 'c', kind: 'if' },
        { flag: 'd', kind: 'unless' },
        { flag: 'e', kind: 'same' },
        { flag: 'f', kind: 'opposite' },
        { flag: 'g', kind: 'on', missing: '+' },
        { flag: 'h', kind: 'off', missing: '-' },
      ],
    },
  ],
])('%s is read', (text, parts) => {
  expect(parseAtom(text)).toMatchObject({ kind: 'package', text, ...parts });
});

test('sets are read', () => {
  expect(parseAtom('@world')).toEqual({ kind: 'set', text: '@world', name: 'world' });
});

test.each([
  ['firefox', 'category', 'Write its category too: CATEGORY/firefox'],
  ['>=firefox-142', 'category', 'Write its category too: CATEGORY/firefox'],
  ['dev-libs/boost-1.88.0', 'operator', 'Did you mean =dev-libs/boost-1.88.0?'],
  ['=dev-libs/boost', 'needs a version', 'Did you mean dev-libs/boost?'],
  ['~dev-libs/boost-1-r1', 'revision', 'Did you mean ~dev-libs/boost-1?'],
  ['>=dev-libs/boost-1*', 'only after =', 'Did you mean =dev-libs/boost-1*?'],
  ['dev-libs/*', 'wildcards', 'Name each package'],
  ['*/*', 'unknown form', 'Write category/name'],
  ['dev-libs/a dev-libs/b', 'space', 'an argument of its own'],
  ['--ask', 'option', 'playbook'],
  ['dev-libs/a:', 'slot', ':slot'],
  ['dev-libs/a[b', 'unknown form', 'Write category/name'],
  ['dev-libs/a[]', 'USE dependency', '[flag]'],
  ['dev-libs/a[b+=c]', 'USE dependency', '[flag]'],
  ['a/b;reboot', 'package name', undefined],
  ['a/$(reboot)', 'package name', undefined],
  ['@', 'set', '@world'],
  ['', 'unknown form', 'Write category/name'],
])('%j is refused with what is wrong and how it is written', (text, why, hint) => {
  expect(() => parseAtom(text)).toThrow(expect.objectContaining({ code: 'SW1201', message: expect.stringContaining(why) }));
  if (hint !== undefined) expect(() => parseAtom(text)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
});
