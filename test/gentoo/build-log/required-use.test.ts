import { expect, test } from 'vitest';
import { meetConstraint } from '../../../src/gentoo/build-log/required-use.ts';

const on = (...flags: string[]): Map<string, boolean> => new Map(flags.map((flag) => [flag, true]));

test.each([
  ['a flag that is off', 'a? ( b )', on('a'), on(), 'b'],
  ['a flag that must be off', 'a? ( !b )', on('a', 'b'), on('a'), 'a -b'],
  ['one of several', 'exactly-one-of ( a b c )', on('a', 'b'), on(), '-a'],
  ['none too many', 'at-most-one-of ( a b c )', on('a', 'b', 'c'), on('c'), 'c -a -b'],
  ['any of', 'any-of ( python_targets_python3_12 python_targets_python3_13 )', on(), on(), 'python_targets_python3_12'],
  ['groups in groups', 'x? ( any-of ( ( a b ) c ) )', on('x', 'a'), on('x'), 'x b'],
  ['the absence of a flag', '!x? ( y )', on(), on(), 'x'],
  ['nothing that helps', 'a !a', on(), on(), undefined],
  ['no expression', 'a? b', on(), on(), undefined],
  ['nothing to change', 'a', on('a'), on(), undefined],
])('the smallest change for %s', (_, text, now, fixed, change) => {
  expect(meetConstraint(text, now, fixed)).toBe(change);
});
