import { expect, test } from 'vitest';
import { formatDateTime } from '../../../src/core/output/date-text.ts';

test('a time is shown in local time without seconds, and a date or what is not a time as it is', () => {
  expect(formatDateTime(new Date(2026, 11, 8, 4, 5, 6).toISOString())).toBe('2026-12-08 04:05');
  expect(['2026-12-08', 'soon', ''].map(formatDateTime)).toEqual(['2026-12-08', 'soon', '']);
});
