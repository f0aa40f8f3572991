import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/core/exit/exit-code.ts';

/** One code for each exit code. */
const OF = { 1: 'SW5001', 2: 'SW6001', 4: 'SW2001', 5: 'SW1203', 6: 'SW1104', 7: 'SW3002', 8: 'SW6013', 9: 'SW4001' } as const;

test('no error is exit 0', () => {
  expect(exitCodeOf([])).toBe(0);
});

test.each(Object.entries(OF))('alone, an error of exit %s ends with it', (exit, code) => {
  expect(exitCodeOf([code, code])).toBe(Number(exit));
});

test('of several, the exit code is the first of 1, 7, 9, 8, 2, 4', () => {
  const order = [1, 7, 9, 8, 2, 4] as const;
  for (const [at, exit] of order.entries()) {
    const later = order.slice(at).map((each) => OF[each]);
    expect([exit, exitCodeOf(later), exitCodeOf(later.toReversed())]).toEqual([exit, exit, exit]);
  }
});

test('an own code of a module counts as a failed task', () => {
  expect(exitCodeOf(['ACME01'])).toBe(2);
  expect(exitCodeOf(['ACME01', OF[4]])).toBe(2);
});
