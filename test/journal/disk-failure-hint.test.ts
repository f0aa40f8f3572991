import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../src/core/run-state.ts';
import { hintAfterDiskFailure } from '../../src/journal/disk-failure-hint.ts';

function stateAfter(playbook: string, ...events: readonly RunEventData[]): RunState {
  const started = { type: 'run.started', playbook, args: {}, check: false, hosts: ['d1'], pid: 1, version: '0' } as unknown as RunEventData;
  return [started, ...events].reduce(
    (state, data, seq) => reduce(state, { v: 1, run: '7k2m', seq, at: '2026-11-27T00:00:00.000Z', ...data }),
    initialRunState('7k2m'),
  );
}
const begun: RunEventData[] = [{ type: 'task.started', host: 'd1', task: '0.0', name: 'One', module: 'command' } as RunEventData];

test('a run that had begun is resumed, by its name', () => {
  expect(hintAfterDiskFailure(stateAfter('deploy', ...begun))).toContain('swarm runs resume 7k2m');
});

test('a run that had not begun is typed again', () => {
  expect(hintAfterDiskFailure(stateAfter('deploy'))).toContain('type the command again');
});

test('a command of exec is never resumed', () => {
  expect(hintAfterDiskFailure(stateAfter('exec', ...begun))).toMatch(/see on the hosts what was done/);
  expect(hintAfterDiskFailure(stateAfter('exec'))).toContain('type the command again');
});
