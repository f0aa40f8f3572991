import { expect, test } from 'vitest';
import { assertNotExcluded, parseExclude } from '../../../src/builds/plan/parse-exclude.ts';

test('a package that is requested and excluded at once is an error before anything runs', () => {
  const requested = (atom: string, exclude: string) => () => assertNotExcluded(['a/other', '@world', atom], [exclude]);
  expect(requested('>=a/lib-2', 'a/lib')).toThrow(
    expect.objectContaining({ code: 'SW1205', message: '>=a/lib-2 is requested and excluded' }),
  );
  expect(requested('a/lib:2/3', 'a/lib:2')).toThrow('a/lib:2/3 is requested');
  expect(requested('a/lib:3', 'a/lib:2')).not.toThrow();
  expect(requested('a/lib', 'a/lib:2')).not.toThrow(); // another slot may be meant
});

test.each(['=a/lib-1', '@world', '!a/lib', 'a/lib[x]', 'lib'])('%s is refused', (text) => {
  expect(() => parseExclude(text)).toThrow(expect.objectContaining({ code: 'SW1201' }));
});
