import { expect, test } from 'vitest';
import { registerSecret } from '../../../src/core/mask.ts';
import { DEBUG_AREAS, formatDebugLine, parseDebugAreas } from '../../../src/core/program/debug-log.ts';

test.each([
  [undefined, []],
  ['', []],
  ['ssh', ['ssh']],
  ['jobs, routes', ['routes', 'jobs']],
  ['nonsense', []],
  ['all', [...DEBUG_AREAS]],
])('SWARM_DEBUG=%s switches on %j', (value, areas) => {
  expect([...parseDebugAreas(value)]).toEqual(areas);
});

test('a line has time, area, host and text, no secret and no control character', () => {
  registerSecret('open sesame');
  const line = formatDebugLine(new Date('2026-01-02T03:04:05.678Z'), 'ssh', 'd1', 'login with open sesame\u001b[2J\n');
  expect(line).toBe('03:04:05.678 ssh d1: login with ••••?[2J?');
});
