import { expect, test } from 'vitest';
import { suggestSteps } from '../../../src/fleet/overview/next-steps.ts';

const keys = (untrusted: readonly string[], next: string) => suggestSteps(untrusted, next).map(({ key }) => key);

test('an untrusted host comes first, then what the last run needs', () => {
  expect(keys(['d1', 'd2'], 'swarm runs resume k3f9')).toEqual(['t', 'r', 'b', 'p', 'v', 's']);
  expect(keys([], 'swarm runs logs k3f9 --errors')[0]).toBe('l');
  expect(keys([], 'nothing to do')).toEqual(['b', 'p', 'v', 's']);
});

test('a step has the command that does the same from the shell', () => {
  const [trust, resume] = suggestSteps(['d1', 'd2'], 'swarm runs resume k3f9');
  expect([trust?.what, trust?.command, resume?.command]).toEqual([
    'trust d1, 1 more after it',
    'swarm hosts trust d1',
    'swarm runs resume k3f9',
  ]);
});

test('changes that a push undoes are shown before a push is offered', () => {
  const steps = suggestSteps([], 'swarm push', 'swarm push --check');
  expect(steps.slice(0, 3).map(({ command }) => command)).toEqual(['swarm push --check', 'swarm run build', 'swarm push']);
});
