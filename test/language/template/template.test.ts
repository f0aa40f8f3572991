import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
import { renderTemplates, renderTemplateText } from '../../../src/language/template/template.ts';

const at = { file: 'p.yml', line: 3, column: 8, length: 9, text: '  cmd: "' };
const show = (value: Json, scope: Vars = {}): Json => renderTemplates(value, scope, { at });
const fault = (run: () => unknown): SwarmError => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

test('a text that is one {{ path }} hands on the value itself, anything else is a text', () => {
  const scope = { list: ['a', 1], map: { k: null }, n: 5 };
  expect(show({ a: '{{ list }}', b: ['{{ map.k }}', '{{n}}'], c: 'n={{n}}', d: 7 }, scope)).toEqual({
    a: ['a', 1],
    b: [null, 5],
    c: 'n=5',
    d: 7,
  });
});

test.each([
  ["{{ hosts[0].name['first'] }}", '{{ hosts.[0].name.[first] }}'],
  ['{{ ports[name].http }}', '{{ get (get ports name) "http" }}'],
  ["{{ ansible_facts['distribution'] }}", '{{ facts.distribution_name }}'],
  ['{{ a.b[0] }}', '{{ a.b.[0] }}'],
  ["{{ lookup('file', 'deploy.pub') }}", '{{ lookup "file" "deploy.pub" }}'],
  ['{{ upper(trim(x)) }}', '{{ upper (trim x) }}'],
  ['{{ a > 1 }}', '{{ gt a 1 }}'],
  ['{{#if (facts.cores > 1)}}x{{/if}}', '{{#if (gt facts.cores 1)}}'],
  ['{{#if a == "x" and b or not c[0]}}x{{/if}}', '{{#if (or (and (eq a "x") b) (not c.[0]))}}'],
  ['{{#unless size(a) >= 2}}x{{/unless}}', '{{#unless (gte (size a) 2)}}'],
  ['{{#if a is not defined}}x{{/if}}', '{{#if (not (defined a))}}'],
  ['{{ a is defined }}', '{{ defined a }}'],
  ["{{#if a}}x{{else if b not in c['d']}}y{{/if}}", '{{else if (not (contains c.[d] b))}}'],
  ["{% if x.y == 'a' and (z > 2) %}", '{{#if (and (eq x.y "a") (gt z 2))}}'],
])('%s of Jinja is answered with %s', (written, instead) => {
  expect(fault(() => show(written)).hint).toBe(`Write: ${instead}`);
});

test('a condition that has no form of its own is answered with the helpers that there are', () => {
  expect(fault(() => show('{{#if a is sameas b}}x{{/if}}')).hint).toBe(
    'Compare with eq, ne, lt, lte, gt or gte, and join with and, or or not: {{#if (and (gt a 1) (not b))}}',
  );
});

test('a field that may be missing is answered with default', () => {
  expect(fault(() => show('{{ r.options }}', { r: { path: '/' } })).hint).toBe(
    'Use one of its fields: path. Where it may be missing, write: {{ default r.options "" }}, inside a block (default r.options "")',
  );
});

test('(list) and (dict) are empty, a name without parentheses is a variable', () => {
  const scope = { list: ['a'], a: [] };
  expect(show(['{{ default b (list) }}', '{{ default b (dict) }}', '{{ list }}', '{{ size (list) }}'], scope)).toEqual([[], {}, ['a'], 0]);
  expect(fault(() => show('{{ default b (split) }}')).message).toContain('`split` is not defined');
});

test('a name with @ that no block has is an error before the first connection', () => {
  const { message, hint } = fault(() => show('{{#each l}}{{ @number }}{{/each}}', { l: [1] }));
  expect([message, hint]).toEqual(['there is no `@number`', 'Use one of: @root, @index, @key, @first, @last']);
  expect(fault(() => show('{{ @index }}')).message).toContain('`@index` is not defined');
});

test('nothing is escaped, and what comes out is never rendered again', () => {
  expect(show('{{ a }} {{{ a }}}', { a: `<&"'> {{ b }}` })).toBe(`<&"'> {{ b }} <&"'> {{ b }}`);
});

test('an undefined name, a missing field and an inherited one are errors with the nearest name', () => {
  expect(fault(() => show('x {{ nmae }}', { name: 1 })).toJSON()).toMatchObject({ code: 'SW6014', hint: 'Did you mean `name`?' });
  expect(fault(() => show('{{ r.stdot }}', { r: { stdout: '' } })).message).toBe('`r` has no field `stdot`');
  for (const name of ['constructor', '__proto__', 'toString', 'r.constructor', 'r.hasOwnProperty']) {
    expect(fault(() => show(`{{ ${name} }}`, { r: {} })).code).toBe('SW6014');
  }
  expect(fault(() => show('{{#if nope}}x{{/if}}', {})).code).toBe('SW6014');
});

test('a mapping, a list or null inside a text is an error, never [object Object] or nothing', () => {
  for (const [value, kind] of [
    [{}, 'a mapping'],
    [[1], 'a list'],
    [null, 'null'],
  ] as const) {
    expect(fault(() => show('x {{ v }}', { v: value })).message).toBe(`\`v\` is ${kind} and cannot become text`);
  }
});

test('a list from a helper names the helper, not a variable that is not there', () => {
  const { message, hint } = fault(() => show('x {{ sort v }}', { v: [2, 1] }));
  expect(message).toBe('what `sort` gives is a list and cannot become text');
  expect(hint).toBe('Write {{ join (sort …) " " }} or {{ json (sort …) }}.');
});

test('the frame of a template file points at the name', () => {
  expect(fault(() => renderTemplateText('one\ntwo {{ tw }}\n', { two: 2 }, 'a.hbs')).at).toMatchObject({
    file: 'a.hbs',
    line: 2,
    column: 8,
    length: 2,
  });
});

test('in shell text a bare value is refused', () => {
  const place = { at, shell: ['cmd'] };
  expect(fault(() => renderTemplates({ cmd: 'rm {{ x }}' }, { x: 1 }, place)).code).toBe('SW1114');
  expect(fault(() => renderTemplates({ cmd: '{{#if x}}{{ x }}{{/if}}' }, { x: 1 }, place)).code).toBe('SW1114');
  expect(renderTemplates({ cmd: '{{quote x}} {{raw y}}', dir: '{{ x }}' }, { x: 'a b', y: '| wc' }, place)).toEqual({
    cmd: "'a b' | wc",
    dir: 'a b',
  });
});

test('quote keeps any text one word of sh', () => {
  const sh = (text: string) => execFileSync('sh', ['-c', `printf %s ${show('{{quote x}} ', { x: text })}`], { encoding: 'utf8' });
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...`ab'"\\$\`;|& *?~#!-\n{}ä`) }), (text) => {
      expect(sh(text)).toBe(text);
    }),
    { numRuns: 30 },
  );
  expect(fault(() => show('{{quote x}} ', { x: 'a\0b' })).code).toBe('SW6014');
});

test('the helpers', () => {
  const scope = { s: ' Ab ', p: '/a/b.c', l: ['x y', 'z'], n: null, m: { a: [1] } };
  expect(show('{{join l ","}}|{{json m}}|{{lower s}}|{{upper (trim s)}}|{{basename p}}|{{dirname p}}|{{quote l}}', scope)).toBe(
    'x y,z|{"a":[1]}| ab |AB|b.c|/a|\'x y\' z',
  );
  expect(show(['{{default n "d"}}', '{{default nope.deep 1}}', '{{default s 1}}'], scope)).toEqual(['d', 1, ' Ab ']);
});

test('what a host printed is data: it is neither rendered nor evaluated nor a way to prototypes', () => {
  const hostile = '{{ secret }}{{#each this}}{{/each}}';
  expect(show('{{ out }}!', { out: hostile, secret: 'x' })).toBe(`${hostile}!`);
});

describe('Handlebars itself renders the same where it is as strict', () => {
  const scope = {
    a: 'A',
    n: 0,
    t: true,
    f: false,
    list: ['p', 'q'],
    none: [],
    map: { k: 'v', w: 'x' },
    items: [{ name: 'i' }, { name: 'j' }],
  };
  const leaf = fc.constantFrom(
    'text ',
    '\n',
    '  ',
    '{{a}}',
    '{{ map.k }}',
    '{{~a~}}',
    '{{! note }}',
    '{{{a}}}',
    '{{list.[0]}}',
    '\\{{a}}',
    '{{@root.a}}',
  );
  const block = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      inner,
      fc.tuple(inner, inner).map(([x, y]) => x + y),
      fc.tuple(fc.constantFrom('t', 'f', 'n', 'a', 'none', 'list'), inner, inner).map(([c, x, y]) => `{{#if ${c}}}${x}{{else}}${y}{{/if}}`),
      fc.tuple(fc.constantFrom('t', 'none'), inner).map(([c, x]) => `{{#unless ${c}}}\n${x}\n{{/unless}}\n`),
      fc.constantFrom(
        '{{#each list as |v i|}}{{i}}{{v}}{{@index}}{{#if @last}}.{{/if}}{{/each}}',
        '{{#each items}}{{name}}{{../a}}{{@root.n}}{{this.name}}\n{{/each}}',
        '{{#each map}}{{@key}}={{this}};{{/each}}',
        '{{#each none}}x{{else}}empty{{/each}}',
        '{{#with map}}{{k}}{{../a}}{{else}}no{{/with}}',
        '{{#if f}}1{{else if t}}2{{else}}3{{/if}}',
      ),
    );
  test('blocks, paths, white space', () => {
    fc.assert(
      fc.property(block(block(block(leaf))), (text) => {
        const theirs = Handlebars.create().compile(text, { strict: true, noEscape: true })(scope);
        expect(renderTemplateText(text, scope, 't.hbs')).toBe(theirs);
      }),
      { numRuns: 400 },
    );
  });
});

test('default stands for what is missing, never for a value of the wrong type', () => {
  const renderIt = (text: string): unknown =>
    renderTemplates(text, { port: 'http' }, { at: { file: 't', line: 1, column: 1, length: 1, text } });
  expect(renderIt('{{ default (int prot) 80 }}')).toBe(80);
  expect(() => renderIt('{{ default (int port) 80 }}')).toThrow('`int` takes a number, not "http"');
});
