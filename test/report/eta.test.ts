import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { estimateEta } from '../../src/report/eta.ts';
import { numberEvents, reduceEvents } from './run-stories.ts';

const start = Date.parse('2026-08-21T09:14:02.000Z');
const hosts = ['a', 'b'];
const begin: RunEventData = { type: 'run.started', playbook: 'build', args: {}, hosts, check: false, diff: false, pid: 1, version: '0' };
const connected = hosts.map((host): readonly [number, RunEventData] => [
  0,
  { type: 'host.connected', host, route: 'here', cores: 4, ms: 1 },
]);
const planned = (...items: readonly (readonly [string, number | undefined, ...string[]])[]): readonly [number, RunEventData] => [
  0,
  {
    type: 'queue.planned',
    items: items.map(([id, estimate, ...needs]) => ({ id, needs, ...(estimate === undefined ? {} : { estimate }) })),
  },
];
const after = (seconds: number, ...facts: readonly (readonly [number, RunEventData])[]) =>
  estimateEta(reduceEvents(numberEvents([[0, begin], ...connected, ...facts])), start + seconds * 1000);

test('work is spread over the hosts, the longest first', () => {
  expect(after(0, planned(['x', 100], ['y', 60], ['z', 50]))?.seconds).toBe(110);
});

test('an item waits for what it needs', () => {
  expect(after(0, planned(['x', 100], ['y', 60, 'x']))?.seconds).toBe(160);
});

test('what runs counts with what is left of it', () => {
  expect(after(70, planned(['x', 100]), [0, { type: 'item.started', host: 'a', item: 'x', attempt: 1 }])?.seconds).toBe(30);
});

test('nothing is invented: too few estimates, nothing left, no host', () => {
  expect(after(0, planned(['x', undefined], ['y', 5]))).toBeUndefined();
  expect(after(0)).toBeUndefined();
  const dead = hosts.map((host): readonly [number, RunEventData] => [
    0,
    { type: 'host.unreachable', host, error: { code: 'SW2001', message: 'm' } },
  ]);
  expect(after(0, planned(['x', 100]), ...dead)).toBeUndefined();
});

test('when everything takes twice as long, so will the rest; the spread shows how sure that is', () => {
  const done = ['p', 'q', 'r'].flatMap((item, index): (readonly [number, RunEventData])[] => [
    [index * 20, { type: 'item.started', host: 'a', item, attempt: 1 }],
    [index * 20 + 20, { type: 'item.finished', host: 'a', item, attempt: 1, ms: 20_000 }],
  ]);
  const guess = after(60, planned(['p', 10], ['q', 10], ['r', 10], ['x', 100]), ...done);
  expect(guess?.seconds).toBe(200);
  expect(guess?.spread).toBe(20);
});

test('a circle of needs ends too', () => {
  expect(after(0, planned(['x', 10, 'y'], ['y', 10, 'x']))?.seconds).toBeGreaterThan(0);
});
