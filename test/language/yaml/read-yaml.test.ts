import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readYaml } from '../../../src/language/yaml/read-yaml.ts';
import { makeFolder } from '../../setup/project-folder.ts';

const value = (text: string): unknown => readYaml(text, 'f.yml').source.value;
const codes = (text: string | Uint8Array): readonly string[] => readYaml(text, 'f.yml').problems.map(({ code }) => code);

test('YAML 1.2: yes, no and on are texts, 0o17 is a number, merges are laid under own keys', () => {
  expect(value('a: yes\nb: on\nc: 0o17\nd: ~\ne: 2026-12-01')).toEqual({ a: 'yes', b: 'on', c: 15, d: null, e: '2026-12-01' });
  expect(value('x: &x { a: 1, b: 1 }\ny: &y { b: 2, c: 2 }\nz: { <<: [*x, *y], c: 3 }')).toMatchObject({ z: { a: 1, b: 1, c: 3 } });
});

test.each([
  ...['vars', 'set_fact', 'environment', 'env', 'labels'].map((key) => `${key}: { v: 1.0, w: 3.10, big: 12345678901234567890, n: 7 }`),
  ...['loop', 'argv', 'msg'].map((key) => `${key}: [1.0, 3.10, 12345678901234567890, 7]`),
  'args: { version: { default: 1.0, choices: [3.10, 12345678901234567890, 7] } }',
])('%s: a number that would lose a digit is a text with all of them', (text) => {
  const flat = (each: unknown): unknown[] => (typeof each === 'object' ? Object.values(each ?? {}).flatMap(flat) : [each]);
  expect(flat(value(text))).toEqual(['1.0', '3.10', '12345678901234567890', 7]);
});

test('values cannot be changed by who reads them', () => {
  expect(Object.isFrozen(value('a: { b: [1] }'))).toBe(true);
});

test('a key or value is found by its path, through anchors and merges too', () => {
  const { source } = readYaml('base: &b\n  deep: { port: 22 }\nhost:\n  <<: *b\n  name: "x"\nlist:\n  - a: 1\n  - *b\n', 'f.yml');
  expect(source.valueSpan(['host', 'name'])).toMatchObject({ line: 5, column: 9, length: 3, text: '  name: "x"' });
  expect(source.keySpan(['host', 'name'])).toMatchObject({ line: 5, column: 3, length: 4 });
  expect(source.valueSpan(['host', 'deep', 'port'])).toMatchObject({ line: 2, column: 17, length: 2 });
  expect(source.valueSpan(['list', 1, 'deep', 'port'])).toMatchObject({ line: 2, column: 17 });
  expect(source.valueSpan(['host', 'missing', 'more'])).toMatchObject({ line: 4 });
});

test('every character of a text leads back to where it stands, however it is quoted, folded or indented', () => {
  const mark = fc.constantFrom('{{ x }}', '<y>');
  const words = fc.stringMatching(/^[a-zA-Zäß€😀'"\\ \n-]{0,30}$/u);
  const style = fc.constantFrom('BLOCK_LITERAL', 'BLOCK_FOLDED', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'PLAIN');
  fc.assert(
    fc.property(words, mark, words, style, (before, middle, after, type) => {
      const text = stringify({ list: [{ key: before + middle + after }] }, { defaultStringType: type, lineWidth: 30 });
      const { source, problems } = readYaml(text, 'f.yml');
      expect(problems).toEqual([]);
      const at = source.textSpan(['list', 0, 'key'], before.length, before.length + middle.length);
      expect(at.text.slice(at.column - 1, at.column)).toBe(middle[0]);
    }),
    { examples: [['a\n- -"', '{{ x }}', 'b \'- long enough to fold""', 'BLOCK_FOLDED']] },
  );
});

test.each([
  ['as it is', 'a: "bb{{ x }}"', 7],
  ['without quotes', 'a: bb{{ x }}', 6],
  ['behind two backslashes, each of them written twice', String.raw`a: "\\\\{{ x }}"`, 9],
  ['behind two quotes, each of them written twice', "a: '''''{{ x }}'", 9],
])('a place in a text is found in the file: %s', (_, text, column) => {
  const { source } = readYaml(text, 'a.yml');
  expect(source.textSpan(['a'], 2, 4)).toMatchObject({ line: 1, column, length: 2 });
});

test('deep, wide and winding input is refused in no time', () => {
  const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]', ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`)];
  const hostile = [
    '['.repeat(20_000),
    '{a: '.repeat(20_000),
    '- '.repeat(20_000),
    '? '.repeat(20_000),
    bomb.join('\n'),
    'a: &a [*a]',
    'x'.repeat(2 ** 20 + 1),
  ];
  for (const text of hostile) {
    const begin = performance.now();
    expect(codes(text), text.slice(0, 20)).toEqual(['SW1008']);
    expect(performance.now() - begin).toBeLessThan(1000);
  }
});

test('what is not UTF-8 text is refused: Latin-1, UTF-16, a NUL', () => {
  expect(codes(Buffer.from('a: ä', 'latin1'))).toEqual(['SW1010']);
  expect(codes(Buffer.from('\ufeffa: b', 'utf16le'))).toEqual(['SW1010']);
  expect(codes('a: \0')).toEqual(['SW1010']);
  expect(codes('a: 1\rb: 2\r')).toEqual(['SW1010']);
  expect(codes('a: 1\r\nb: 2\r\n')).toEqual([]);
  expect(codes(Buffer.from('a: ä €', 'utf8'))).toEqual([]);
});

test('the hint for a file that is not UTF-8 is the command that makes it so', () => {
  for (const [bytes, message, hint] of [
    [Buffer.from('a: ä', 'latin1'), 'this file is not UTF-8', 'iconv -f latin1 '],
    [Buffer.from('\ufeffa: b', 'utf16le'), 'this file is UTF-16', 'iconv -f utf-16 '],
    [Buffer.from('a: b', 'utf16le'), 'this file is UTF-16', 'iconv -f utf-16le '],
    [Buffer.from('a: b', 'utf16le').swap16(), 'this file is UTF-16', 'iconv -f utf-16be '],
    [Buffer.from('a: b\0'), 'this file has a NUL in it', "tr -d '\\000' "],
    [Buffer.from('a: 1\rb: 2\r'), 'the lines of this file end with a carriage return alone', "tr '\\r' '\\n' "],
  ] as const) {
    const [problem] = readYaml(bytes, 'x.yml').problems;
    expect([problem?.message, problem?.hint]).toEqual([expect.stringContaining(message), expect.stringContaining(hint)]);
    const dir = makeFolder({});
    writeFileSync(join(dir, 'x.yml'), bytes);
    execFileSync('sh', ['-c', problem?.hint?.replace(/^.*?: /, '') ?? ''], { cwd: dir });
    const converted = readFileSync(join(dir, 'x.yml.new'));
    expect(readYaml(converted, 'x.yml').problems, hint).toEqual([]);
  }
});

test('a key named __proto__ is refused, so nobody inherits from a file', () => {
  expect(codes('__proto__: { admin: true }')).toEqual(['SW1104']);
});

test('any bytes are a value or problems with a place', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab:-?[]{},&*!|>\'"%@`#~ \n\t\\{}<=0.') }), (text) => {
      for (const { at } of readYaml(text, 'f.yml').problems) expect(at?.line).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test.each(['- debug: x\n- debug: y\n', 'a: 1\nb: 2\n'])('a mark at the beginning of the file changes nothing: %j', (text) => {
  const marked = readYaml(`\uFEFF${text}`, 'a.yml');
  expect([marked.problems, marked.source.value]).toEqual([[], readYaml(text, 'a.yml').source.value]);
});

test('indents that nest too deep have the error of brackets', () => {
  const text = Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
  expect(readYaml(text, 'a.yml').problems).toMatchObject([{ code: 'SW1008', message: 'nested deeper than 100 levels' }]);
});

test('a byte order mark in the bytes of a file is none of its problems, and hides no other one', () => {
  expect(readYaml(Buffer.from('\uFEFF- name: x\r\n'), 'a.yml')).toMatchObject({ problems: [], source: { value: [{ name: 'x' }] } });
  expect(codes(Buffer.concat([Buffer.from('\uFEFFa: '), Buffer.from([0xe4])]))).toEqual(['SW1010']);
});

test.each([
  ['- hosts: [web, db\n  tasks: []\n', 1, 10, 'this [ is not closed', 'Write ] where its last value ends.'],
  ['hosts:\n  a: { groups: [x], routes: [ { local: 10.0.0.1 } ]\n  b: { }\n', 2, 6, 'this { is not closed', undefined],
  ['a: [ "]", { b: \'}\' }\n', 1, 4, 'this [ is not closed', undefined],
  ['a: { b: [ 1, 2 }\n', 1, 9, 'this [ is not closed', undefined],
  ['# a { in a comment\na: [1,\n  2,\n  3\nb: 2\n', 2, 4, 'this [ is not closed', undefined],
])('an open bracket is marked where it opens: %j', (text, line, column, message, hint) => {
  const [problem] = readYaml(text, 'a.yml').problems;
  expect(problem).toMatchObject({ code: 'SW1002', message, at: { line, column }, ...(hint === undefined ? {} : { hint }) });
});
