import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTimer } from '../../../src/core/time/timer.ts';

const DAY = 86_400_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a time of months is over after months, and not at once', () => {
  const over = vi.fn();
  startTimer(60 * DAY, over);
  vi.advanceTimersByTime(59 * DAY);
  expect(over).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2 * DAY);
  expect(over).toHaveBeenCalledOnce();
});

test('waiting can be ended, in its second month too', () => {
  const over = vi.fn();
  const end = startTimer(60 * DAY, over);
  vi.advanceTimersByTime(40 * DAY);
  end();
  vi.advanceTimersByTime(40 * DAY);
  expect(over).not.toHaveBeenCalled();
});
