import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
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

test.each(['no', 'No', 'off', 'false', '0', 'n', 'N'])('the text %j is never true by accident', (word) => {
  for (const text of ['{{#if x}}a{{/if}}', '{{#unless x}}a{{/unless}}', '{{ ternary x 1 2 }}', '{{#if (not x)}}a{{/if}}'])
    expect(faultOf(() => render(text, { x: word })).message).toContain(`takes true or false, not the text "${word}"`);
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
