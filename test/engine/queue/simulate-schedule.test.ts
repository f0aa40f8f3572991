import { expect, test } from 'vitest';
import type { ScheduledWork } from '../../../src/engine/queue/schedule.ts';
import { simulateSchedule } from '../../../src/engine/queue/simulate-schedule.ts';

const item = (id: string, cost: number, ...needs: readonly string[]): ScheduledWork => ({ id, cost, needs });
const host = (name: string, cores = 8) => ({ name, cores });
const asExpected = ({ cost }: ScheduledWork) => ({ seconds: cost, deviation: cost / 10 });

test('items start when their needs are met and a host is free; the end is that of the last', () => {
  const work = [item('base', 100), item('left', 50, 'base'), item('right', 300, 'base'), item('alone', 20)];
  const { starts, end } = simulateSchedule(work, [host('a'), host('b', 4)], asExpected);
  expect(starts.map(({ id, host, start }) => `${id} ${host} ${start}`)).toEqual(['base a 0', 'alone b 0', 'right a 100', 'left b 100']);
  expect(end.seconds).toBe(400);
});

test('the critical path goes over needs, and over what keeps the host busy', () => {
  const needs = simulateSchedule([item('base', 100), item('top', 50, 'base'), item('alone', 20)], [host('a'), host('b')], asExpected);
  expect(needs.starts.filter(({ critical }) => critical).map(({ id }) => id)).toEqual(['base', 'top']);
  expect(needs.end.spread).toBeCloseTo(Math.hypot(10, 5));
  const one = simulateSchedule([item('x', 10), item('y', 5)], [host('a')], asExpected);
  expect(one.starts.map(({ critical }) => critical)).toEqual([true, true]);
});

test('the time can depend on the host, and an item goes only where it may', () => {
  const work = [
    { ...item('only-b', 100), hosts: ['b'] },
    { ...item('nowhere', 5), hosts: ['gone'] },
  ];
  const { starts, end } = simulateSchedule(work, [host('a', 32), host('b', 2)], ({ cost }, { cores }) => ({
    seconds: cost / cores,
    deviation: 0,
  }));
  expect(starts).toEqual([{ id: 'only-b', host: 'b', start: 0, seconds: 50, deviation: 0, critical: true }]);
  expect(end).toEqual({ seconds: 50, spread: 0 });
});

test('without items or without hosts it ends at once', () => {
  expect(simulateSchedule([], [host('a')], asExpected)).toEqual({ starts: [], end: { seconds: 0, spread: 0 } });
  expect(simulateSchedule([item('x', 1)], [], asExpected).starts).toEqual([]);
});
