import { expect, test } from 'vitest';
import { describeRoughDuration, formatRoughDuration } from '../../../src/core/time/duration-text.ts';

test.each([
  [0, '0 min', 'less than a minute'],
  [60_000, '1 min', '1 minute'],
  [119 * 60_000, '119 min', '119 minutes'],
  [2 * 3_600_000, '2 h', '2 hours'],
  [2 * 3_600_000 - 5_000, '2 h', '2 hours'],
  [47 * 3_600_000, '47 h', '47 hours'],
  [48 * 3_600_000 - 90_000, '2 d', '2 days'],
  [72 * 3_600_000, '3 d', '3 days'],
])('%i ms are %s, in words %s', (ms, short, words) => {
  expect([formatRoughDuration(ms), describeRoughDuration(ms)]).toEqual([short, words]);
});
