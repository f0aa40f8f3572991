import { expect, test } from 'vitest';
import { parseForeignJson } from '../../../src/core/output/foreign-json.ts';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test.each([
  [nested(101), 'nested deeper than 100 levels'],
  [`{"a":${'{"a":'.repeat(300_000)}`, 'nested deeper than 100 levels'],
  [`[${'1,'.repeat(1_100_000)}1]`, 'more than 1,000,000 values'],
  ['{"a":[1e999]}', 'a number that is too large'],
  ['[1', 'JSON'],
])('%.20s is refused', (text, message) => {
  expect(() => parseForeignJson(text)).toThrow(message);
});

test('anything else is its value; brackets in a text do not count', () => {
  expect(parseForeignJson(nested(100))).toEqual(JSON.parse(nested(100)));
  expect(parseForeignJson(`{"a":"${'['.repeat(1000)}\\"","b":[1,null,true]}`)).toEqual({ a: `${'['.repeat(1000)}"`, b: [1, null, true] });
});
