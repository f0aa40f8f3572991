import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { parseExpression } from '../../../src/language/expression/parse-expression.ts';
import { createSourceText } from '../../../src/language/yaml/source-document.ts';

function problemOf(text: string): SwarmError | undefined {
  try {
    parseExpression(text, createSourceText('site.yml', text).span(0, text.length));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof SwarmError) return thrown;
    throw thrown;
  }
}

const around = (open: string, inner: string, close: string) => (levels: number) => open.repeat(levels) + inner + close.repeat(levels);

describe('what stands in each other', () => {
  test.each([
    ['parentheses', around('(', 'a', ')')],
    ['lists', around('[', '1', ']')],
    ['mappings', around('{"a": ', '1', '}')],
    ['calls', around('lower(', 'a', ')')],
    ['default()', around('default(', 'a', ', 1)')],
    ['indexes', around('a[', '0', ']')],
    ['!', around('!', 'a', '')],
    ['-', around('- ', 'a', '')],
    ['choices', around('a ? b : ', 'c', '')],
    ['choices in choices', around('a ? ', 'b', ' : c')],
    ['! and parentheses', around('!(', 'a', ')')],
    ['texts before it', (levels: number) => `r"(" + "\\"(" + '''[''' + ${'('.repeat(levels)}a${')'.repeat(levels)}`],
  ])('%s: up to the limit', (_, make) => {
    expect(problemOf(make(45))?.message).toBeUndefined();
    for (const levels of [200, 5000, 50_000])
      expect(problemOf(make(levels))).toMatchObject({ code: 'SW1107', message: 'nested deeper than 100 levels', at: { line: 1 } });
  });

  test.each(['(', '[', '{"a": ', 'f('])('brackets that nothing closes: %s', (open) =>
    expect(problemOf(open.repeat(20_000))).toMatchObject({ code: 'SW1107', message: 'nested deeper than 100 levels' }),
  );

  test('the place is where the limit is passed', () => expect(problemOf('('.repeat(5000))).toMatchObject({ at: { line: 1, column: 101 } }));
});

describe('what stands behind each other', () => {
  test.each([' && ', ' || ', ' + ', ' - ', ' == ', ' in ', ' < '])('operators: %s', (operator) =>
    expect(problemOf(`a${operator}`.repeat(20_000).concat('a'))).toMatchObject({
      code: 'SW1107',
      message: 'more than 1000 operators behind each other',
    }),
  );

  test.each(['.b', '[0]', '.size()'])('fields: %s', (field) => {
    for (const count of [600, 20_000])
      expect(problemOf(`a${field.repeat(count)}`)).toMatchObject({ code: 'SW1107', message: expect.stringMatching(/^more than \d+ /) });
  });

  test('many values beside each other are not nested', () => {
    const entries = Array.from({ length: 900 }, (_, i) => `lower("(${i}") + (a.b ? "x" : "y")`);
    expect(problemOf(`[${entries.join(', ')}]`)?.message).toBeUndefined();
    const choices = entries.slice(0, 200).map((each) => `(${each}) == "x"`);
    expect(problemOf(choices.join(' || '))?.message).toBeUndefined();
  });

  test('a limit of CEL is told in words', () =>
    expect(problemOf(`[${'1, '.repeat(2000)}1]`)?.message).toBe('more than 1000 entries of a list'));
});
