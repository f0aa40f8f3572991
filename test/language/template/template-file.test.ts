import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
import { checkNameUse } from '../../../src/language/expression/scope-names.ts';
import { listTemplateFileNames } from '../../../src/language/template/list-template-names.ts';
import {
  findTemplateFileProblems,
  findTemplateProblems,
  renderTemplates,
  renderTemplateText,
} from '../../../src/language/template/template.ts';
import { readYaml } from '../../../src/language/yaml/read-yaml.ts';

let dir = '';
const FILES: Readonly<Record<string, string>> = {
  'parts/server.hbs': 'listen {{ port }};\nname {{ name }};\n',
  'parts/bad.hbs': 'one\n  {{ nmae }}\n',
  'parts/broken.hbs': '{{#if x}}\n',
  'a.hbs': '{{> b.hbs}}',
  'b.hbs': '{{> a.hbs}}',
};
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-template-'));
  mkdirSync(join(dir, 'parts'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text);
});
afterAll(() => rmSync(dir, { recursive: true }));

const render = (text: string, scope: Vars = {}): string => renderTemplateText(text, scope, join(dir, 'main.hbs'));
const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
const faultOf = (run: () => unknown): SwarmError => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
  throw new Error('no error');
};

test.each<[string, Vars, string]>([
  ['a\n{{> parts/server.hbs}}\nb', { port: 80, name: 'x' }, 'a\nlisten 80;\nname x;\nb'],
  ['{\n  {{> "parts/server.hbs"}}\n}', { port: 80, name: 'x' }, '{\n  listen 80;\n  name x;\n}'],
  [
    '{{#each all as |n|}}{{> parts/server.hbs}}{{/each}}',
    {
      all: [
        { port: 1, name: 'x' },
        { port: 2, name: 'y' },
      ],
    },
    'listen 1;\nname x;\nlisten 2;\nname y;\n',
  ],
  ['{{#if a}}1{{else if b}}2{{else}}3{{/if}}', { a: false, b: true }, '2'],
  ['{{#if (eq os "gentoo")}}g{{else if (eq os "debian")}}d{{else}}?{{/if}}', { os: 'debian' }, 'd'],
  ['a {{~ x ~}} b', { x: '-' }, 'a-b'],
  ['[\n{{~#each l as |e|}}\n  {{ e }},\n{{~/each}}\n]', { l: [1, 2] }, '[  1,  2,]'],
  ['\\{{ x }} {{ x }}', { x: 1 }, '{{ x }} 1'],
  ['{{{{raw}}}}{{ x }} {% if y %}{{{{/raw}}}}', {}, '{{ x }} {% if y %}'],
  ['{{! a note }}{{!-- {{ x }} --}}x', {}, 'x'],
  ['{{#each (sort (keys m)) as |k|}}{{ k }}={{ get @root.m k }};{{/each}}', { m: { b: 2, a: 1 } }, 'a=1;b=2;'],
  ['{{ upper (default nowhere "x") }}{{#if (defined nowhere)}}!{{/if}}', {}, 'X'],
])('%j with %j is %j', (text, scope, expected) => {
  expect(render(text, scope)).toBe(expected);
});

test('an error has its place in the file that has it', () => {
  const fault = faultOf(() => render('x\n{{> parts/bad.hbs}}', { name: 1 }));
  expect(fault.toJSON()).toMatchObject({ code: 'SW6014', message: '`nmae` is not defined', hint: 'Did you mean `name`?' });
  expect(fault.at).toMatchObject({ file: join(dir, 'parts/bad.hbs'), line: 2, column: 6 });
});

test('a check finds the errors of all templates that are included', () => {
  const found = findTemplateFileProblems('{{> parts/broken.hbs}}\n{{> a.hbs}}\n{{> none.hbs}}', join(dir, 'main.hbs'));
  expect(found.map(({ code, message, at: span }) => [code, message, span?.line])).toEqual([
    ['SW1113', '`{{#if}}` is not closed', 1],
    ['SW1113', 'templates include each other: a.hbs → b.hbs → a.hbs', 1],
    ['SW1113', 'there is no template none.hbs', 3],
  ]);
  expect(found[0]?.at?.file).toBe(join(dir, 'parts/broken.hbs'));
});

test('a loop of includes ends with an error in a run too', () => {
  expect(faultOf(() => render('{{> a.hbs}}')).message).toBe('templates include each other: a.hbs → b.hbs → a.hbs');
});

test('a text of a playbook includes nothing', () => {
  expect(findTemplateProblems('{{> a.hbs}}', false, () => at).map(({ message }) => message)).toEqual([
    '`{{> }}` works in template files only',
  ]);
  expect(faultOf(() => renderTemplates('{{> "/etc/passwd"}}', {}, { at })).message).toBe('`{{> }}` works in template files only');
});

test.each(['no', 'No', 'off', 'false', '0', 'n', 'N', 'no ', ' off', 'no\n'])('the text %j is never true by accident', (word) => {
  for (const text of ['{{#if x}}a{{/if}}', '{{#unless x}}a{{/unless}}', '{{ ternary x 1 2 }}', '{{#if (not x)}}a{{/if}}'])
    expect(faultOf(() => render(text, { x: word })).message).toContain(`takes true or false, not the text ${JSON.stringify(word)}`);
  expect(render('{{#if (bool x)}}a{{else}}b{{/if}}', { x: word })).toBe('b');
});

test.each<[string, Json]>([
  ['1.0', '1.0'],
  ['3.10', '3.10'],
  ['1.5', 1.5],
  ['12345678901234567890', '12345678901234567890'],
  ['7', 7],
  ['1e3', 1000],
])('the variable %s of YAML is written back as it was', (written, value) => {
  for (const text of [`vars: { v: ${written} }`, `set_fact: { v: ${written} }`]) {
    const { source, problems } = readYaml(text, 'x.yml');
    expect(problems).toEqual([]);
    expect(Object.values(source.value as object)).toEqual([{ v: value }]);
  }
  expect(readYaml(`v: ${written}`, 'x.yml', true).source.value).toEqual({ v: value });
});

test.each<[string, string]>([
  ['{{#*inline "line"}}{{ key }}={{ value }};{{/inline}}{{> line key="a" value=port}}{{> line key="b" value=(add port 1)}}', 'a=80;b=81;'],
  ['{{> parts/server.hbs name="other"}}', 'listen 80;\nname other;\n'],
  ['{{#each all as |n|}}{{> p n=n}}{{/each}}{{#*inline "p"}}{{ n }}:{{ name }} {{/inline}}', '1:x 2:x '],
  ['{{#*inline "p"}}\n{{ n }}\n{{/inline}}\n  {{> p n=1}}\n{{> p n=2}}\n', '  1\n2\n'],
  ['{{#*inline "p"}}{{#each l as |e|}}{{ e }}{{ n }}{{/each}}{{/inline}}{{> p l=all n="-"}}', '1-2-'],
])('an included text with values: %j is %j', (text, expected) => {
  expect(findTemplateFileProblems(text, join(dir, 'main.hbs'))).toEqual([]);
  expect(render(text, { port: 80, name: 'x', all: [1, 2] })).toBe(expected);
});

test.each([
  ['{{#*inline "p"}}{{> p n=1}}{{/inline}}{{> p n=1}}', 'includes are nested deeper than 20 levels'],
  [
    `${Array.from({ length: 18 }, (_, i) => `{{#*inline "p${i}"}}${`{{> p${i + 1} n=1}}`.repeat(3)}{{/inline}}`).join('')}{{#*inline "p18"}}x{{/inline}}{{> p0 n=1}}`,
    'the includes put in more than 100,000 texts',
  ],
  ['{{#*inline "line"}}{{/inline}}{{> lime}}', 'there is no template lime'],
  ['{{#*inline "p"}}{{ a }}{{/inline}}{{#each all as |n|}}{{> p b=n}}{{/each}}', '`a` is not defined'],
])('includes that are wrong are named: %#', (text, message) => {
  expect(faultOf(() => render(text, { all: [1] })).message).toBe(message);
});

test('a check reads each included file once, however often it is included', () => {
  for (let i = 0; i < 18; i++) writeFileSync(join(dir, `d${i}.hbs`), `{{> d${i + 1}.hbs}}`.repeat(3));
  writeFileSync(join(dir, 'd18.hbs'), '{{ nowhere }}');
  const text = '{{> d0.hbs}}';
  expect(findTemplateFileProblems(text, join(dir, 'main.hbs'))).toEqual([]);
  expect(listTemplateFileNames(text, join(dir, 'main.hbs')).map(({ use }) => use.name)).toEqual(['nowhere']);
});

test('the names that a template uses are those of its parts too, without their values', () => {
  const text =
    '{{#*inline "p"}}{{ n }} {{ other }}{{/inline}}{{#each all as |e|}}{{> p n=e}}{{/each}}{{> p n=port}}{{> parts/server.hbs name=1}}';
  expect(new Set(listTemplateFileNames(text, join(dir, 'main.hbs')).map(({ use }) => use.name))).toEqual(new Set(['all', 'port', 'other']));
});

/** What a hint advises, with its result. */
test.each<[string, string, string]>([
  ["{{ 'a' if on else 'c' }}", '{{ ternary on "a" "c" }}', 'a'],
  ["{{ 'y' if port == 3 }}", '{{ ternary (eq port 3) "y" "" }}', ''],
  ["{{ 'a' if off else ('b' if on else 'c') }}", '{{ ternary off "a" (ternary on "b" "c") }}', 'b'],
])('%s: the hint is %s', (written, advised, output) => {
  const [problem] = findTemplateProblems(written, false, () => at);
  expect(problem?.hint).toBe(`Write: ${advised}`);
  expect(render(advised, { on: true, off: false, port: 80 })).toBe(output);
});

test('brackets alone are a name: the hint is a list', () => {
  const use = { name: '1.0, x', fields: [], start: 0, end: 1, optional: false };
  expect(
    checkNameUse(
      use,
      false,
      () => new Set(['x']),
      () => at,
    )?.hint,
  ).toBe('Brackets hold a name in a template. Write: (list 1.0 x)');
  expect(render('{{ json (list 1.0 x) }}', { x: 2 })).toBe('[1,2]');
});

test.each([
  ['{{#if (and (ne x null) (eq (concat x ".d") "a.d"))}}yes{{else}}no{{/if}}', 'no'],
  ['{{#if (or (eq x null) (eq (concat x ".d") "a.d"))}}yes{{else}}no{{/if}}', 'yes'],
  ['{{#if (and true 1 "a")}}yes{{else}}no{{/if}}', 'yes'],
  ['{{#if (or false 0 "")}}yes{{else}}no{{/if}}', 'no'],
])('and, or end with the value that decides: %s', (text, output) => {
  expect(render(text, { x: null })).toBe(output);
});
