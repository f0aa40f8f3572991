import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
import { evaluateExpression } from '../../../src/language/expression/evaluate-expression.ts';
import { parseExpression } from '../../../src/language/expression/parse-expression.ts';
import { renderTemplates } from '../../../src/language/template/template.ts';

const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
const scope: Vars = {
  ...{ x: 'Abc', v: '5.3', n: 4, yes: true, none: null, xs: ['b', 'a', 'b'], r: { failed: false, changed: true, rc: 0 } },
  hosts: [
    { name: 'a', up: true, os: 'x' },
    { name: 'b', up: false, os: 'y' },
  ],
  m: { k: 1 },
};
const hintOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown.hint ?? `no hint: ${thrown.message}`;
    throw thrown;
  }
  return 'no error';
};

/** What a hint advises, applied to the text. */
function follow(text: string, hint: string): string {
  const replaced = /^Write (\S+) instead of (\w+)\.$/.exec(hint);
  if (replaced !== null) return text.replace(new RegExp(`\\b${replaced[2]}\\b`, 'g'), replaced[1] ?? '');
  return /: (.*)$/s.exec(hint)?.[1] ?? hint;
}

test.each<[string, Json]>([
  ['x is defined', true],
  ['nowhere is defined', false],
  ['r.rc is not defined', false],
  ['nowhere is undefined', true],
  ['not x is defined', false],
  ['not nowhere is defined', true],
  ['not r is not failed', false],
  ['not n == 5', true],
  ["not 'b' in xs", false],
  ['not n in [1, 4]', false],
  ['length(xs)', 3],
  ['len(xs) + 1', 3],
  ['xs.length()', 3],
  ['count( xs )', 3],
  ['r is failed', false],
  ['r is not failed', true],
  ['r is success', true],
  ['r is changed', true],
  ["v is version('5.10', '<')", true],
  ["v is version('5.3', '>=')", true],
  ["v is not version('5.3', '>=')", false],
  ["x is match('b')", false],
  ["x is search('b')", true],
  ['n is even', true],
  ['n is odd', false],
  ['none is none', true],
  ['x is in xs', false],
  ['x is not in xs', true],
  ['"z" not in xs', true],
  ['"z" not in x', true],
  ['"b" not in [x]', true],
  ['"zz" not in hosts[0]', true],
  ['xs | length', 3],
  ['xs | unique | join(",")', 'b,a'],
  ['nowhere | default("a")', 'a'],
  ['"" | default("a", true)', 'a'],
  ['nowhere | d("a") | upper', 'A'],
  ["x | regex_replace('b', 'X')", 'AXc'],
  ["x | replace('b', '')", 'Ac'],
  ["hosts | map(attribute='name') | list", ['a', 'b']],
  ["hosts | selectattr('up') | map(attribute='name') | first", 'a'],
  ["hosts | selectattr('os', 'equalto', 'y') | list | length", 1],
  ["hosts | rejectattr('up') | length", 1],
  ['m | dict2items', [{ key: 'k', value: 1 }]],
  ['m | to_json', '{"k":1}'],
  ["m | combine({'a': 2})", { k: 1, a: 2 }],
  ['"8" | int', 8],
  ['"no" | bool', false],
  ['"a/b" | basename', 'b'],
  ['x | b64encode', 'QWJj'],
  ['x | md5', '35593b7ce5020eae3ca68fd5b6f3e031'],
  ["'x' if yes else 'y'", 'x'],
  ['yes and n == 4', true],
  ['yes or n == 5', true],
  ['not yes', false],
])('the hint for %s, followed, is %j', (text, expected) => {
  const advice = follow(
    text,
    hintOf(() => parseExpression(text, at)),
  );
  expect(evaluateExpression(parseExpression(advice, at), scope), advice).toEqual(expected);
});

test.each<[string, Json]>([
  ['{{ x | upper }}', 'ABC'],
  ['{{ xs | unique | join("-") }}', 'b-a'],
  ["{{ nowhere | default('d') }}", 'd'],
  ['{{ length xs }}', 3],
  ['{{ to_nice_json m }}', '{\n  "k": 1\n}'],
  ['{{ xs[0] | upper }}', 'B'],
  ['{{ xs[1] }}', 'a'],
])('the hint for %s, followed, is %j', (text, expected) => {
  const advice = follow(
    text,
    hintOf(() => renderTemplates(`.${text}`, scope, { at })),
  );
  expect(renderTemplates(advice, scope, { at }), advice).toBe(expected);
});

test.each<[string, boolean]>([
  ['{% if yes %}', true],
  ['{% if x == "Abc" %}', true],
  ["{% if x != 'Abc' %}", false],
  ['{%- if n >= 5 -%}', false],
  ['{% if not yes %}', false],
  ['{% if nowhere is defined %}', false],
  ['{% if x is not defined %}', false],
  ["{% if 'a' in xs %}", true],
  ['{% if yes and x %}', true],
  ['{{#if x == "Abc"}}', true],
])('the hint for %s, followed, is %j', (text, expected) => {
  const advice = follow(
    text,
    hintOf(() => renderTemplates(`.${text}a{{/if}}`, scope, { at })),
  );
  expect(renderTemplates(`.${advice}a{{/if}}`, scope, { at }), advice).toBe(expected ? '.a' : '.');
});

test('statements of Jinja2 that have a form', () => {
  const advice = (text: string) =>
    follow(
      text,
      hintOf(() => renderTemplates(`.${text}`, scope, { at })),
    );
  expect(renderTemplates(`.${advice('{% for h in hosts %}')}{{ h.name }}${advice('{% endfor %}')}`, scope, { at })).toBe('.ab');
  expect(renderTemplates(`.${advice('{% if yes %}')}1${advice('{% else %}')}2${advice('{% endif %}')}`, scope, { at })).toBe('.1');
  expect(renderTemplates(`.${advice('{% raw %}')}{{ x }}${advice('{% endraw %}')}`, scope, { at })).toBe('.{{ x }}');
  expect(advice("{% include 'part.conf.j2' %}")).toBe('{{> part.conf.hbs}}');
});
