import { expect, test } from 'vitest';
import { printCel } from '../../../src/convert/jinja/print/print-cel.ts';
import { translateExpression } from '../../../src/convert/jinja/translate-jinja.ts';
import { emptyTranslation } from '../../../src/convert/jinja/translation.ts';
import { evaluateExpression } from '../../../src/language/expression/evaluate-expression.ts';
import { parseExpression } from '../../../src/language/expression/parse-expression.ts';

const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
const VARS = { text: 'Web01.example.org', names: ['b', 'a', 'b'] };

const toCel = (jinja: string): string =>
  printCel(
    translateExpression(jinja, {
      ...emptyTranslation(),
      types: new Map([
        ['names', 'list'],
        ['text', 'text'],
      ]),
    }),
  );

test.each([
  // what Python 3.11 computes
  ["text.split('.', 1)", ['Web01', 'example.org']],
  ["text.split('.', 1)[1]", 'example.org'],
  ["text.split('e', -1)", ['W', 'b01.', 'xampl', '.org']],
  ["text.rsplit('.', 1)", ['Web01.example', 'org']],
  ["text.rsplit('.', 1)[0]", 'Web01.example'],
  ["text.rsplit('/', 1)[-1]", 'Web01.example.org'],
  ["text.rsplit('.')", ['Web01', 'example', 'org']],
  ["text.partition('.')", ['Web01', '.', 'example.org']],
  ["text.partition('/')[2]", ''],
  ["text.rpartition('.')", ['Web01.example', '.', 'org']],
  ["text.rpartition('/')", ['', '', 'Web01.example.org']],
  ["'--a-b--'.strip('-')", 'a-b'],
  ["'[x]^'.strip('[]^')", 'x'],
  ["'a//'.rstrip('/')", 'a'],
  ["'..-a'.lstrip('-.')", 'a'],
  ["' a '.rstrip()", ' a'],
  ["' a '.lstrip()", 'a '],
  ["text.removeprefix('Web')", '01.example.org'],
  ["text.removesuffix('.org')", 'Web01.example'],
  ["text.removesuffix('org.')", 'Web01.example.org'],
  ["text.count('e')", 3],
  ["names.count('b')", 2],
  ['text.isalnum()', false],
  ["'42'.isnumeric()", true],
  ["'ab'.isalpha()", true],
  ["' '.isspace()", true],
  ['text.casefold()', 'web01.example.org'],
  ['names.copy()', ['b', 'a', 'b']],
  ["text.endswith(('.net', '.org'))", true],
  ["text.startswith(('a', 'b'))", false],
  ["text.rsplit('.', -1)", ['Web01', 'example', 'org']],
  ["'main server'.title()", 'Main Server'],
])('%s has the value of Python', (jinja, value) => {
  expect(evaluateExpression(parseExpression(toCel(jinja), at), VARS)).toEqual(value);
});

test.each([
  ["text.strip('')", 'a method of Python that takes off no characters'],
  ["text.rsplit('.', 2)", '.rsplit() that splits more than once'],
  ['text.split(names, 1, 2)', '.split() with 3 values'],
  ['text.startswith()', '.startswith() without a value'],
  ["other.count('a')", '.count() of what may be a text or a list'],
  ['text.partition(names[0])', 'a method of Python whose text is computed'],
  ['text.split(None, 1)', '.split() of words, with a number'],
  ['text.title()', '.title() of Python, which begins a word'],
  ['text.replace("a")', '.replace() without a value'],
  ['text.encode()', 'the method .encode() of Python'],
  ['text.constructor()', 'the method .constructor() of Python'],
])('%s is left, with the reason', (jinja, reason) => {
  expect(() => toCel(jinja)).toThrow(reason);
});
