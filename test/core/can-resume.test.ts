import { describe, expect, test } from 'vitest';
import { canResume } from '../../src/core/can-resume.ts';
import { SharedMap } from '../../src/core/reduce/shared-map.ts';
import { type HostState, type ItemState, initialHostState, initialRunState, type RunState } from '../../src/core/run-state.ts';

const tally = initialHostState.tally;
const refused = { ...initialHostState, phase: 'refused', tally: { ...tally, refused: 1 } } as const;
const failed = { ...initialHostState, phase: 'connected', tally: { ...tally, failed: 1 } } as const;
const worked = { ...initialHostState, phase: 'connected', tally: { ...tally, changed: 1 } } as const;
const queued: ItemState = { id: 'a/b-1', needs: [], status: 'queued', attempts: 0 };
const host = (state: HostState) => SharedMap.of([['d1', state]]);
const run = (more: Partial<RunState>): RunState => ({ ...initialRunState('r1'), playbook: 'build', status: 'failed', ...more });

describe('a run can be resumed', () => {
  test('when a task has ended, a host was lost at work, or items are left', () => {
    expect(canResume(run({ hosts: host(worked) }))).toBe(true);
    expect(canResume(run({ hosts: host({ ...initialHostState, phase: 'lost' }) }))).toBe(true);
    expect(canResume(run({ hosts: host(refused), items: SharedMap.of([[queued.id, queued]]) }))).toBe(true);
    expect(canResume(run({ status: 'interrupted', hosts: host(worked) }))).toBe(true);
    expect(canResume(run({ hosts: host({ ...failed, begun: true }) }))).toBe(true);
  });

  test.each([
    ['no host could be used', { hosts: host(refused) }],
    ['its first task failed before it changed anything, as an empty source of a push does', { hosts: host(failed) }],
    ['it was a dry run', { check: true, hosts: host(worked) }],
    ['it was a command', { playbook: 'exec', hosts: host(worked) }],
    ['it was one task of the command line', { playbook: 'swarm task', hosts: host(worked) }],
    ['it is complete', { status: 'ok', hosts: host(worked) }],
    ['it still runs', { status: 'running', hosts: host(worked) }],
  ] as const)('but not when %s', (_, more) => {
    expect(canResume(run(more))).toBe(false);
  });
});
