import { describe, expect, test } from 'vitest';
import { editBlock } from '../../../src/sdk/edit/edit-block.ts';
import { keepLineEnds } from '../../../src/sdk/edit/edit-file.ts';
import { editIni } from '../../../src/sdk/edit/edit-ini.ts';
import { editLines } from '../../../src/sdk/edit/edit-lines.ts';
import { editMakeConf } from '../../../src/sdk/edit/edit-make-conf.ts';
import { editEntries } from '../../../src/sdk/edit/portage-entry.ts';
import { resolveMode } from '../../../src/sdk/files/attributes/file-mode.ts';

/** Every edit gives the expected text, and the same text when it is done again. */
function expectEdit(edit: (text: string) => string, before: string, after: string): void {
  expect(edit(before)).toBe(after);
  expect(edit(after)).toBe(after);
}

describe('editBlock', () => {
  const markers = { begin: '# BEGIN', end: '# END' };
  test.each([
    ['to the end', 'a\n', { block: 'x\ny' }, 'a\n# BEGIN\nx\ny\n# END\n'],
    ['to an empty file', '', { block: 'x\n' }, '# BEGIN\nx\n# END\n'],
    ['in the place of the old one', 'a\n# BEGIN\nold\n# END\nb\n', { block: 'x' }, 'a\n# BEGIN\nx\n# END\nb\n'],
    ['removed', 'a\n# BEGIN\nold\n# END\nb\n', { block: '' }, 'a\nb\n'],
    ['after a line', 'a\nb\n', { block: 'x', insertafter: '^a' }, 'a\n# BEGIN\nx\n# END\nb\n'],
    ['to the beginning', 'a\n', { block: 'x', insertbefore: 'BOF' }, '# BEGIN\nx\n# END\na\n'],
    ['not after a marker that has no end', '# BEGIN\na\n', { block: '' }, '# BEGIN\na\n'],
    ['behind a marker that has no end', '# BEGIN\na\n', { block: 'x' }, '# BEGIN\na\n# BEGIN\nx\n# END\n'],
    [
      'between markers that stand alone',
      '# END\na\n# BEGIN\nx\n# END\nb\n# BEGIN\n',
      { block: 'y' },
      '# END\na\n# BEGIN\ny\n# END\nb\n# BEGIN\n',
    ],
    ['the last of two', '# BEGIN\na\n# END\n# BEGIN\nb\n# END\n', { block: 'x' }, '# BEGIN\na\n# END\n# BEGIN\nx\n# END\n'],
  ])('%s', (_, before, edit, after) => expectEdit((text) => editBlock(text, { ...markers, ...edit }), before, after));
});

describe('editLines', () => {
  const present = { state: 'present' } as const;
  test.each([
    ['what a group matched', 'a = 1\n', { regexp: '^(\\w+) = .*', line: '$1 = 2 $$', backrefs: true }, 'a = 2 $\n'],
    ['no match with backrefs', 'b\n', { regexp: '^(a)', line: '$1!', backrefs: true }, 'b\n'],
    ['the last that matches', 'a1\na2\n', { regexp: '^a2?', line: 'a2' }, 'a1\na2\n'],
    ['the first that matches', 'a1\nb\na2\n', { regexp: '^a', line: 'a9', firstmatch: true }, 'a9\nb\na2\n'],
    ['after the first that matches', 'a1\na2\n', { insertafter: '^a', line: 'x', firstmatch: true }, 'a1\nx\na2\n'],
  ])('%s', (_, before, edit, after) => expectEdit((text) => editLines(text, { ...present, ...edit }), before, after));
});

describe('editIni', () => {
  const text = '; top\n[a]\nx = 1\n# y = 2\n\n[b]\nx=3\n';
  test.each([
    ['a value', { section: 'a', option: 'x', value: '2' }, text.replace('x = 1', 'x = 2')],
    ['a value that is right, whatever its spaces', { section: 'b', option: 'x', value: '3' }, text],
    ['a new setting at the end of its section', { section: 'a', option: 'y', value: '5' }, text.replace('# y = 2\n', '# y = 2\ny = 5\n')],
    ['a new section', { section: 'c', option: 'z', value: '1' }, `${text}\n[c]\nz = 1\n`],
    ['before the first section', { section: '', option: 'z', value: '1' }, text.replace('; top\n', '; top\nz = 1\n')],
    ['a setting removed', { section: 'a', option: 'x', state: 'absent' }, text.replace('x = 1\n', '')],
    ['a section removed', { section: 'b', state: 'absent' }, text.replace('[b]\nx=3\n', '')],
  ] as const)('%s', (_, edit, after) => expectEdit((before) => editIni(before, { state: 'present', ...edit }), text, after));
});

test('in a text whose lines all end with CRLF, so do the lines that an edit writes; any other text is edited as it is', () => {
  const ini = keepLineEnds((text) => editIni(text, { section: 's', option: 'o', value: '1', state: 'present' }));
  expectEdit(ini, 'a=1\r\n[s]\r\no = 0\r\n', 'a=1\r\n[s]\r\no = 1\r\n');
  expectEdit(ini, 'a=1\r\n[s]\n', 'a=1\r\n[s]\no = 1\n');
  const block = keepLineEnds((text) => editBlock(text, { block: 'x\r\ny', begin: '# BEGIN', end: '# END' }));
  expectEdit(block, 'a\r\n', 'a\r\n# BEGIN\r\nx\r\ny\r\n# END\r\n');
});

describe('editMakeConf', () => {
  const text = 'CFLAGS="-O2 \\\n  -pipe" # fast\nUSE=\'a b\'\nMAKEOPTS=-j4\n';
  test.each([
    ['a value in one line for one of several', 'CFLAGS', '-O3', text.replace(/CFLAGS=[^#]*# fast/, 'CFLAGS="-O3"')],
    ['a value that is right', 'MAKEOPTS', '-j4', text],
    ['a new variable', 'L10N', 'de', `${text}L10N="de"\n`],
    ['a variable removed, with all its lines', 'CFLAGS', undefined, "USE='a b'\nMAKEOPTS=-j4\n"],
    ['words more and less', 'USE', { add: ['c'], remove: ['a'] }, text.replace("USE='a b'", 'USE="b c"')],
    ['words that are right', 'USE', { add: ['a'], remove: ['c'] }, text],
  ])('%s', (_, name, value, after) => expectEdit((before) => editMakeConf(before, name, value), text, after));
});

test('editEntries keeps one line for a word, where the first was', () => {
  expectEdit((text) => editEntries(text, 'a/b', ['a/b new']), '# a/b\na/b old\nc/d\na/b older\n', '# a/b\na/b new\nc/d\n');
});

test.each([
  ['0640', '0000', false, '0640'],
  ['755', '0000', false, '0755'],
  ['u=rw,go=r', '0777', false, '0644'],
  ['u=rwX,go=', '0644', false, '0600'],
  ['a+X', '0644', true, '0755'],
  ['a+X', '0744', false, '0755'],
  ['02775', '0777', true, '2775'],
  ['750', '0777', true, '0750'],
  ['g-w,o-rwx', '0777', false, '0750'],
  ['+x', '0644', false, '0755'],
  ['u+s', '0755', false, '4755'],
  ['u=rwx', '4755', false, '0755'],
  ['+t', '0777', true, '1777'],
])('mode %s of a path with %s is %s → %s, as chmod gives it', (mode, current, isDirectory, expected) => {
  expect(resolveMode(mode, current, isDirectory)).toBe(expected);
});
