import { describe, expect, test } from 'vitest';
import { canResume } from '../../src/core/can-resume.ts';
import { type ItemState, initialHostState, initialRunState, type RunState } from '../../src/core/run-state.ts';

const tally = initialHostState.tally;
const refused = { ...initialHostState, phase: 'refused', tally: { ...tally, refused: 1 } } as const;
const worked = { ...initialHostState, phase: 'connected', tally: { ...tally, changed: 1 } } as const;
const queued: ItemState = { id: 'a/b-1', needs: [], status: 'queued', attempts: 0 };
const run = (more: Partial<RunState>): RunState => ({ ...initialRunState('r1'), playbook: 'build', status: 'failed', ...more });

describe('a run can be resumed', () => {
  test('when a task has ended, a host was lost at work, or items are left', () => {
    expect(canResume(run({ hosts: { d1: worked } }))).toBe(true);
    expect(canResume(run({ hosts: { d1: { ...initialHostState, phase: 'lost' } } }))).toBe(true);
    expect(canResume(run({ hosts: { d1: refused }, items: { [queued.id]: queued } }))).toBe(true);
    expect(canResume(run({ status: 'interrupted', hosts: { d1: worked } }))).toBe(true);
  });

  test.each([
    ['no host could be used', { hosts: { d1: refused } }],
    ['it was a dry run', { check: true, hosts: { d1: worked } }],
    ['it was a command', { playbook: 'exec', hosts: { d1: worked } }],
    ['it was one task of the command line', { playbook: 'swarm task', hosts: { d1: worked } }],
    ['it is complete', { status: 'ok', hosts: { d1: worked } }],
    ['it still runs', { status: 'running', hosts: { d1: worked } }],
  ] as const)('but not when %s', (_, more) => {
    expect(canResume(run(more))).toBe(false);
  });
});
