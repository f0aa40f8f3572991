import { expect, test } from 'vitest';
import { findCommonFailures, type ItemEnd } from '../../../src/engine/healing/common-cause.ts';

/** `a:disk b:disk c`: a and b fail with a full disk, c finishes. A second apart; each end is of another item. */
const ends = (text: string): readonly ItemEnd[] =>
  text.split(' ').map((each, index) => {
    const [host = '', way] = each.split(':');
    return { host, item: `item ${index}`, at: index * 1000, way };
  });
const common = (text: string, drones: number, now = 60_000) => findCommonFailures(ends(text), drones, now);

test.each([
  ['a:link b:link', 3, ['a', 'b']],
  ['a:link b:link c:link', 6, ['a', 'b', 'c']],
  ['c a:mirror b:mirror', 3, ['a', 'b']], // what was before does not count
  ['a:disk', 3, []],
  ['a:disk a:disk a:disk', 3, []], // one drone
  ['a:disk b:memory', 3, []],
  ['a:disk c b:disk', 3, []], // another one works meanwhile
  ['a:disk b:disk', 6, []], // fewer than half
  ['a:disk b:disk c', 3, []],
  ['a:disk', 1, []],
])('%s, of %d drones: %j', (text, drones, expected) => {
  expect(common(text, drones)).toEqual(expected);
});

test('failures that are ten minutes apart have nothing in common', () => {
  expect(common('a:link b:link', 3, 601_500)).toEqual([]);
});

test('one item that fails on all drones is not a cause that they share', () => {
  const same = ends('a:disk b:disk').map((end) => ({ ...end, item: 'x' }));
  expect(findCommonFailures(same, 3, 60_000)).toEqual([]);
});
