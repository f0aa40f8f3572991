import type { Clock } from '../../src/engine/clock.ts';

/** Time that passes only while somebody sleeps: a sleep ends at once, and `now` is that much later. */
export function virtualClock(start = Date.parse('2026-01-01T00:00:00Z')): Clock & { readonly slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
      await Promise.resolve();
      signal.throwIfAborted();
    },
  };
}
