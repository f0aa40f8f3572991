import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json } from '../../../src/core/json-value.ts';
import { allConditionsHold, evaluateExpression } from '../../../src/language/expression/evaluate-expression.ts';
import { listExpressionNames, parseExpression } from '../../../src/language/expression/parse-expression.ts';

const span = (text: string) => ({ file: 'p.yml', line: 2, column: 7, length: text.length, text: `when: ${text}` });
const parse = (text: string) => parseExpression(text, span(text));
const scope = { n: 2, s: 'abc', list: ['b', 'a', 'b'], map: { x: { y: 1 } }, nothing: null, half: 0.5, item: { cpv: 'a/b-1', needs: [] } };
const value = (text: string): Json => evaluateExpression(parse(text), scope);
const fault = (run: () => unknown): SwarmError => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

test.each<[string, Json]>([
  ['n + 1', 3],
  ['n * 2 == 4 && s.startsWith("a")', true],
  ['half + 0.25', 0.75],
  ['item.cpv', 'a/b-1'],
  ['item.needs', []],
  ['"a" in list', true],
  ['!("z" in list)', true],
  ['size(list) > 2 ? "many" : "few"', 'many'],
  ['list.filter(x, x == "b").map(x, x + "!")', ['b!', 'b!']],
  ['list.unique().sort().join(",")', 'a,b'],
  ['[list.first(), list.last(), [].first()]', ['b', 'b', null]],
  ['[["a"], ["b"]].flatten()', ['a', 'b']],
  ['"A b".lower().replace("b", "c").split(" ")', ['a', 'c']],
  ['"x".upper() + " y ".trim()', 'Xy'],
  ['default(map.x.z, 5)', 5],
  ['default(nowhere, "d")', 'd'],
  ['default(nowhere, "d", true)', 'd'],
  ['[default("", 1, true), default("", 1, false), default(0, 2, true), default({}, 3, true), default([], 4, true)]', [1, '', 2, 3, 4]],
  ['default(nothing, n)', 2],
  ['[defined(nowhere), defined(map.x), has(map.q)]', [false, true, false]],
  ['{"a": n}', { a: 2 }],
  ['map', { x: { y: 1 } }],
  ['s.matches("^a.c$")', true],
])('%s is %j', (text, expected) => expect(value(text)).toEqual(expected));

test('whole numbers go in and come back whole', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (n) => {
      expect(evaluateExpression(parse('n'), { n })).toBe(n);
      expect(evaluateExpression(parse('[n][0] == n && {"a": n}.a == n'), { n })).toBe(true);
    }),
  );
});

test('any JSON comes back as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (v) => {
      expect(evaluateExpression(parse('v'), { v: v as Json })).toEqual(JSON.parse(JSON.stringify(v)));
    }),
  );
});

test('what is not there at run time is told with the nearest name, under its place', () => {
  expect(fault(() => value('map.x.yy + 1')).toJSON()).toMatchObject({
    code: 'SW6014',
    message: '`map.x` has no field `yy`',
    hint: 'Did you mean `y`?',
    at: { line: 2, column: 13 },
  });
  expect(fault(() => value('lst.size()')).hint).toBe('Did you mean `list`?');
  expect(fault(() => value('n + s')).code).toBe('SW6014');
  for (const text of ['constructor', 'toString', 'map.constructor', 's.length']) expect(fault(() => value(text)).code, text).toBe('SW6014');
});

test('conditions are true or false; all of them must hold', () => {
  expect(allConditionsHold([parse('n == 2'), parse('n == 3')], scope)).toBe(false);
  expect(allConditionsHold([], scope)).toBe(true);
  expect(fault(() => allConditionsHold([parse('list')], scope)).message).toBe('a condition must be true or false, not a list');
});

test('the names that an expression needs are known without running it', () => {
  const names = (text: string) =>
    listExpressionNames(parse(text)).map(({ name, fields: rest, optional }) => `${[name, ...rest].join('.')}${optional ? '?' : ''}`);
  expect(names('a.b.exists(x, x.y > z) && has(q.r) && default(d, e) == cel.bind(v, w, v + 1)')).toEqual([
    'a.b',
    'z',
    'q.r?',
    'd?',
    'e',
    'w',
  ]);
});

test('text of a host is a value: no expression in it runs', () => {
  expect(evaluateExpression(parse('out + "!"'), { out: '1 + 1 }} {{ x' })).toBe('1 + 1 }} {{ x!');
});

test.each([
  ['x is defined', 'Write: defined(x)'],
  ['x.y is not defined', 'Write: !defined(x.y)'],
  ['r is failed', 'Write: r.failed'],
  ['r is success', 'Write: !r.failed'],
  ['xs | length > 0', 'Write a function instead of a filter: size(xs)'],
  ['x | default("a")', 'Write a function instead of a filter: default(x, "a")'],
  ['a and b', 'Write && instead of and.'],
  ['not a', 'Write ! instead of not.'],
  ['a not in b', 'Write: !contains(b, a)'],
  ['a not in [b]', 'Write: !(a in [b])'],
  ['a = 1', 'Write == to compare.'],
  ['siez(x)', 'Did you mean `size`?'],
])('%s: %s', (text, hint) => expect(fault(() => parse(text)).toJSON()).toMatchObject({ code: 'SW1107', hint }));

test('any text is an expression or a problem with a place', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab.()[]{}"\'+-!=<>&|?:, 10\n') }), (text) => {
      try {
        parse(text);
      } catch (thrown) {
        expect((thrown as SwarmError).code).toMatch(/^SW110[67]$/);
        expect((thrown as SwarmError).at?.line).toBe(2);
      }
    }),
    { numRuns: 500 },
  );
});

test('a mapping with the key constructor is a mapping like others', () => {
  const odd = { host: { constructor: 'c', toString: 't' } };
  const of = (text: string): Json => evaluateExpression(parse(text), odd);
  expect(of('host.constructor + host["toString"]')).toBe('ct');
  expect(of('"constructor" in host && !("valueOf" in host) && size(host) == 2 && host.all(k, k != "x")')).toBe(true);
  expect(of('host')).toEqual(odd.host);
  expect(of('has(host.constructor) && !has(host.valueOf)')).toBe(true);
});

test('a key that would be lost is refused, and has() of a computed part says what to write', () => {
  expect(fault(() => parse('{"constructor": 1}')).message).toBe('`constructor` cannot be a key in an expression');
  expect(fault(() => parse('has(a[b].c)')).hint).toContain('defined(a[b].c)');
});
