import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareVersions, isVersion } from '../../../src/core/version/portage-version.ts';

const digits = fc.stringMatching(/^\d{1,22}$/);
const suffix = fc
  .tuple(fc.constantFrom('alpha', 'beta', 'pre', 'rc', 'p'), fc.stringMatching(/^\d{0,3}$/))
  .map(([name, number]) => `_${name}${number}`);
const version = fc
  .tuple(
    fc.array(digits, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', 'a', 'z'),
    fc.array(suffix, { maxLength: 2 }),
    fc.constantFrom('', '-r0', '-r1', '-r01', '-r10'),
  )
  .map(([numbers, letter, suffixes, revision]) => numbers.join('.') + letter + suffixes.join('') + revision);

test.each([
  ['1', '2'],
  ['9', '10'],
  ['1.2', '1.10'],
  ['1.02', '1.1'],
  ['1.01', '1.010000001'],
  ['1.0', '1.0.0'],
  ['1.2b', '1.2.5'],
  ['1.2', '1.2a'],
  ['1.2a', '1.2b'],
  ['1_alpha', '1_beta'],
  ['1_beta9', '1_pre'],
  ['1_pre2', '1_rc1'],
  ['1_rc9', '1'],
  ['1', '1_p'],
  ['1_p1', '1_p2'],
  ['1_p1_alpha', '1_p1'],
  ['1_alpha', '1_alpha_p'],
  ['1', '1-r1'],
  ['1-r9', '1-r10'],
  ['99999999999999999998', '99999999999999999999'],
  ['6.1.100', '6.10'],
])('%s is older than %s', (older, newer) => {
  expect(compareVersions(older, newer)).toBeLessThan(0);
  expect(compareVersions(newer, older)).toBeGreaterThan(0);
});

test.each([
  ['1', '1-r0'],
  ['1_p', '1_p0'],
  ['01', '1'],
  ['1.01', '1.010'],
  ['1-r1', '1-r01'],
])('%s and %s are equal', (one, other) => {
  expect(compareVersions(one, other)).toBe(0);
});

test('every version is one, and equal to itself', () => {
  fc.assert(fc.property(version, (v) => isVersion(v) && compareVersions(v, v) === 0));
});

test('turning a comparison round turns its sign', () => {
  fc.assert(
    fc.property(
      version,
      version,
      (a, b) => Math.sign(compareVersions(a, b)) === -Math.sign(compareVersions(b, a)) || compareVersions(a, b) === 0,
    ),
  );
});

/** Digits behind a leading zero are read as a fraction (PMS, algorithm 3.3): with them the order is not transitive, by the standard. */
const plain = version.filter((v) => !/\.0\d/.test(v));

test('the order is transitive where no component has a leading zero', () => {
  fc.assert(
    fc.property(plain, plain, plain, (a, b, c) => {
      const sorted = [a, b, c].sort(compareVersions);
      return compareVersions(sorted[0] ?? '', sorted[2] ?? '') <= 0;
    }),
  );
});

test('a higher revision is younger, whatever stands before', () => {
  fc.assert(
    fc.property(version, fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (v, revision, more) => {
      const bare = v.replace(/-r\d+$/, '');
      return compareVersions(`${bare}-r${revision}`, `${bare}-r${revision + more}`) < 0;
    }),
  );
});

test.each(['', '1.', '.1', '1..2', '1.2-r', '1.2_foo', 'v1', '1.2ab', '1.2 ', '1.2\n'])('%j is not a version', (text) => {
  expect(isVersion(text)).toBe(false);
});
