import { expect, test } from 'vitest';
import { dropRepeatedHints, selectShownErrors, withDefaultHints } from '../../src/cli/shown-errors.ts';
import { SwarmError, ValidationError } from '../../src/core/error/swarm-error.ts';
import { throwIfProblems } from '../../src/language/schema/throw-problems.ts';

const errorAt = (file: string, line: number) =>
  new SwarmError('SW1104', `m${line}`, { at: { file, line, column: 1, length: 1, text: '' } });

test('all errors of a file are found, the first 20 are shown, and the others are counted', () => {
  const problems = Array.from({ length: 43 }, (_, at) => errorAt('a.yml', at + 1));
  let found: readonly SwarmError[] = [];
  try {
    throwIfProblems([...problems, errorAt('b.yml', 1), errorAt('b.yml', 1)]);
  } catch (thrown) {
    if (thrown instanceof ValidationError) found = thrown.problems;
  }
  expect(found).toHaveLength(44);
  const { shown, left } = selectShownErrors(found.map((each) => each.toJSON()));
  expect(shown).toHaveLength(21);
  expect(left).toEqual(['and 23 more in a.yml. To see all, add: -v']);
});

test('a file with 20 errors has no such line', () => {
  const errors = Array.from({ length: 20 }, (_, at) => errorAt('a.yml', at + 1).toJSON());
  expect(selectShownErrors(errors)).toEqual({ shown: errors, left: [] });
});

test('a hint that several errors in a row share is told once, after the last', () => {
  const untrusted = (name: string, hint: string) => new SwarmError('SW1305', `${name} was not pinned`, { hint }).toJSON();
  const told = dropRepeatedHints([untrusted('a', 'x'), untrusted('b', 'x'), untrusted('c', 'y'), untrusted('d', 'x')]);
  expect(told.map(({ hint }) => hint)).toEqual([undefined, 'x', 'y', 'x']);
  const placed = [1, 2].map((line) => ({ ...errorAt('a.yml', line).toJSON(), hint: 'x' }));
  expect(dropRepeatedHints(placed)).toEqual(placed); // each has a place of its own, and is corrected there
});

test('an error without a hint shows what the table says, with its host; of several with one code the last one', () => {
  const named = { code: 'SW2001', message: 'm', host: 'd1' };
  expect(withDefaultHints([named])).toEqual([{ ...named, hint: expect.stringContaining('run: swarm hosts verify d1') }]);
  expect(withDefaultHints([named, named, { code: 'ACME01', message: 'm' }]).map(({ hint }) => hint !== undefined)).toEqual([
    false,
    true,
    false,
  ]);
  const own = { ...named, hint: 'own' };
  expect(withDefaultHints([named, own]).map(({ hint }) => hint)).toEqual([expect.stringContaining('verify d1'), 'own']);
});
