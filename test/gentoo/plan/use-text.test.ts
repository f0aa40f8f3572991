import { expect, test } from 'vitest';
import { formatUse } from '../../../src/gentoo/plan/use-text.ts';

const flags = {
  use: ['icu', 'X', 'python_targets_python3_12'],
  iuse: ['icu', 'X', 'doc', 'python_targets_python3_11', 'python_targets_python3_12'],
};

test('flags that are on come first; those of USE_EXPAND have a group of their own', () => {
  expect(formatUse({ ...flags, fixed: [] }, undefined, ['python', 'python_targets'])).toBe(
    'USE="X icu -doc" PYTHON_TARGETS="python3_12 -python3_11"',
  );
});

test('a flag that is the other way on the binhost has *, a flag that is new %, a flag that cannot be changed brackets', () => {
  const published = { use: new Set(['doc', 'python_targets_python3_12']), iuse: new Set(['doc', 'icu', 'python_targets_python3_12']) };
  expect(formatUse({ ...flags, fixed: ['doc'] }, published, ['python_targets'])).toBe(
    'USE="X%* icu* (-doc*)" PYTHON_TARGETS="python3_12 -python3_11%"',
  );
});

test('a package without flags shows none', () => {
  expect(formatUse({ use: [], iuse: [], fixed: [] }, undefined, [])).toBe('');
});
