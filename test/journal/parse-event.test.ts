import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { parseEvent } from '../../src/journal/parse-event.ts';
import { started } from './run-events.ts';

const parse = (fact: RunEventData, more: object): unknown =>
  parseEvent(JSON.stringify({ v: 1, run: 'k3f9', seq: 0, at: '2026-01-01T00:00:00.000Z', ...fact, ...more }));

test.each([0, -1, 1.5, '7'])('no run is of the process %j: a signal to it would end other processes', (pid) => {
  expect(parse(started(7), {})).toBeDefined();
  expect(parse(started(7), { pid })).toBeUndefined();
});

test.each([{ at: 'yesterday' }, { host: 5 }, { task: null }, { ms: 'long' }, { hosts: 'a' }, { lines: [[1]] }, { error: { message: 1 } }])(
  'an event with %j cannot be read',
  (more) => {
    expect(parse({ type: 'run.note', text: 'one' }, more)).toBeUndefined();
  },
);
