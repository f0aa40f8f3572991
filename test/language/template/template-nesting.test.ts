import { describe, expect, test } from 'vitest';
import { findTemplateFileProblems } from '../../../src/language/template/template.ts';

const problemsOf = (text: string) => findTemplateFileProblems(text, '/x/a.hbs');
const tooDeep = [{ code: 'SW1113', message: 'nested deeper than 100 levels', at: { file: '/x/a.hbs' } }];

const around = (open: string, inner: string, close: string) => (levels: number) => open.repeat(levels) + inner + close.repeat(levels);

describe('what stands in each other', () => {
  test.each([
    ['if', around('{{#if a}}', '', '{{/if}}')],
    ['unless, with white space control', around('{{~#unless a~}}', '', '{{~/unless~}}')],
    ['each', around('{{#each a as |b|}}\n', '', '{{/each}}\n')],
    ['end_line', around('{{#end_line}}', '', '{{/end_line}}')],
    ['else if', (levels: number) => `{{#if a}}${'{{else if a}}'.repeat(levels)}{{/if}}`],
    ['calls in calls', (levels: number) => `{{ lower ${around('(lower ', 'a', ')')(levels)} }}`],
    ['calls in a block', (levels: number) => `{{#if ${around('(lower ', 'a', ')')(levels)}}}{{/if}}`],
    [
      'blocks behind a comment and a raw block',
      (levels: number) => `{{!-- {{#if}} --}}{{{{raw}}}}{{/if}}{{{{/raw}}}}${around('{{#if a}}', '', '{{/if}}')(levels)}`,
    ],
  ])('%s: up to the limit', (_, make) => {
    expect(problemsOf(make(95))).toEqual([]);
    for (const levels of [102, 20_000]) expect(problemsOf(make(levels))).toMatchObject(tooDeep);
  });

  test.each([
    ['blocks that nothing closes', '{{#if a}}'.repeat(20_000)],
    ['calls that nothing closes', `{{ f ${'(f '.repeat(20_000)}`],
    ['parentheses as in Jinja', `{{ ${'('.repeat(5000)}a${')'.repeat(5000)} }}`],
    ['inverse blocks', '{{^a}}'.repeat(20_000)],
    ['blocks of partials', '{{#> a}}'.repeat(20_000)],
  ])('%s', (_, text) => expect(problemsOf(text)).toMatchObject(tooDeep));

  test('the place is where the limit is passed', () =>
    expect(problemsOf('{{#if a}}\n'.repeat(200))).toMatchObject([{ at: { line: 101, column: 1 } }]));
});

test('what only looks like blocks is not nested', () => {
  const many = (text: string) => text.repeat(150);
  expect(problemsOf(`{{!-- ${many('{{#if a}} ')} --}}`)).toEqual([]);
  expect(problemsOf(`{{{{raw}}}}${many('{{#if a}}')}{{{{/raw}}}}`)).toEqual([]);
  expect(problemsOf(many('\\{{#if a}} '))).toEqual([]);
  expect(problemsOf(many('{{#if a}}b{{^}}c{{/if}}'))).toEqual([]);
  expect(problemsOf(many('{{#if a}}b{{else if c}}d{{/if}}'))).toEqual([]);
  expect(problemsOf(many('{{ lower "(" }}'))).toEqual([]);
});

test('words of Jinja, however many, end in one error', () => {
  for (const text of [`{{ ${'not '.repeat(20_000)}a }}`, `{% if ${'('.repeat(20_000)} %}`, `{% if ${'not '.repeat(20_000)}a %}`])
    expect(problemsOf(text)).toMatchObject([{ code: 'SW1113' }]);
});
