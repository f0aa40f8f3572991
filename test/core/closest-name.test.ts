import { expect, test } from 'vitest';
import { closestName } from '../../src/core/closest-name.ts';

test.each([
  ['retires', 'retries'],
  ['Drone-Tran', 'drone-tarn'],
  ['drnes', 'drones'],
  ['xyz', undefined],
])('the name nearest to %s is %s', (word, name) => {
  expect(closestName(word, ['retries', 'drone-tarn', 'drones'])).toBe(name);
});
