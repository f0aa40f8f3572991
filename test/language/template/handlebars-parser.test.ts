import { describe, expect, test } from 'vitest';
import { parseHandlebars } from '../../../src/language/template/handlebars-parser.ts';

// A new version of Handlebars that moves its parser, or names the parts of its tree in another way, fails here.
const statement = (text: string) => {
  const parsed = parseHandlebars(text);
  if (!('body' in parsed)) throw new Error(`not parsed: ${text}`);
  return parsed.body[0];
};

describe('the tree of the parser', () => {
  test('a text', () => expect(statement('a')).toMatchObject({ type: 'ContentStatement', value: 'a' }));
  test('a comment', () => expect(statement('{{! a }}')).toMatchObject({ type: 'CommentStatement' }));

  test('a name, its fields and its position', () => {
    expect(statement('{{ a.b }}')).toMatchObject({
      type: 'MustacheStatement',
      path: { type: 'PathExpression', original: 'a.b', parts: ['a', 'b'], data: false, depth: 0 },
      loc: { start: { line: 1, column: 0 }, end: { line: 1, column: 9 } },
    });
  });

  test('a name of an outer block, and a name of the template itself', () => {
    expect(statement('{{ ../a }}')).toMatchObject({ path: { depth: 1, parts: ['a'] } });
    expect(statement('{{ @index }}')).toMatchObject({ path: { data: true, parts: ['index'] } });
  });

  test('a helper with values of every type', () => {
    expect(statement('{{ join a ", " 1 true null (trim b) }}')).toMatchObject({
      path: { original: 'join' },
      params: [
        { type: 'PathExpression' },
        { type: 'StringLiteral', value: ', ' },
        { type: 'NumberLiteral', value: 1 },
        { type: 'BooleanLiteral', value: true },
        { type: 'NullLiteral' },
        { type: 'SubExpression', path: { original: 'trim' } },
      ],
    });
  });

  test('a block, its names and its other branch', () => {
    expect(statement('{{#each a as |x i|}}b{{else}}c{{/each}}')).toMatchObject({
      type: 'BlockStatement',
      path: { original: 'each' },
      program: { blockParams: ['x', 'i'], body: [{ value: 'b' }] },
      inverse: { body: [{ value: 'c' }] },
    });
  });
});

describe('the position of an error', () => {
  test.each([
    ['on one line', 'a {{ x | y }} b', 7],
    ['after line ends, which the message leaves out', 'one\ntwo\n{{ x | y }}', 13],
    ['in a text longer than the excerpt of the message', `${'.'.repeat(50)}{{ x | y }}${'.'.repeat(50)}`, 55],
  ])('%s', (_, text, start) => {
    expect(parseHandlebars(text)).toEqual({ start, end: start });
  });

  test('of a block that is closed by another name', () => {
    expect(parseHandlebars('{{#if a}}b{{/each}}')).toEqual({ start: 3, end: 5, message: '`{{#if}}` is closed by `{{/each}}`' });
  });
});
