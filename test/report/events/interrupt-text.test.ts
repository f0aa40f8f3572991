import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { describeInterrupt } from '../../../src/report/events/interrupt-text.ts';
import { numberEvents, reduceEvents } from '../run-stories.ts';

const story = (exit: number): readonly RunEventData[] => [
  ...[
    { type: 'run.started', playbook: 'p', args: {}, hosts: ['a', 'b', 'c', 'd'], check: false, diff: false, pid: 1, version: '0' } as const,
  ],
  ...(['a', 'b', 'c'] as const).map((host) => ({ type: 'host.connected', host, route: 'here', cores: 1, ms: 1 }) as const),
  ...(['a', 'b'] as const).map((host) => ({ type: 'task.started', host, task: 't', name: 'T', module: 'command' }) as const),
  { type: 'task.finished', host: 'b', task: 't', name: 'T', outcome: 'ok', ms: 1 },
  { type: 'run.finished', status: 'interrupted', exit, ms: 1 },
];
const describeStory = (exit: number): string => describeInterrupt(reduceEvents(numberEvents(story(exit).map((fact, at) => [at, fact]))));

test('an interrupt names the hosts that worked and those that never started', () => {
  expect(describeStory(130)).toBe('interrupted on a; not started on c, d');
});

test('after a kill, jobs continue', () => {
  expect(describeStory(4)).toBe('the swarm process was killed; jobs continue on a; not started on c, d');
});
