import { describe, expect, test } from 'vitest';
import { mayBeResumed } from '../../../src/core/can-resume.ts';
import type { RunEventData } from '../../../src/core/event.ts';
import { SECRET_MASK } from '../../../src/core/secret.ts';
import {
  completeRunArgs,
  describeMissingHosts,
  findResumableRun,
  isPlaybookRun,
  limitOfResumed,
} from '../../../src/fleet/runs/resumable-run.ts';
import { journalPath } from '../../../src/journal/journal-path.ts';
import { findRun } from '../../../src/journal/runs/run-list.ts';
import { finished, started, startedElsewhere } from '../../journal/run-events.ts';
import { makeHost } from '../inventory-hosts.ts';
import { GONE, temporaryProject, writeRun } from './written-run.ts';

const ok: RunEventData = { type: 'run.finished', status: 'ok', exit: 0, ms: 1 };
const task = { ...started(GONE), playbook: 'swarm task' } as RunEventData;
const exec = { ...started(GONE), playbook: 'exec' } as RunEventData;

describe('swarm runs resume', () => {
  test('goes on with a run that failed or was killed', async () => {
    using project = temporaryProject();
    await writeRun(project, 'failed', started(GONE), finished);
    await writeRun(project, 'killed', started(GONE));
    expect(findResumableRun(project.runsDir, 'failed')).toMatchObject({ run: 'failed', start: { playbook: 'build' } });
    expect(findResumableRun(project.runsDir, 'killed').run).toBe('killed');
  });

  test('leaves a run of another machine to that machine, unless the person names it', async () => {
    using project = temporaryProject();
    await writeRun(project, 'desk', startedElsewhere);
    await writeRun(project, 'own', started(GONE));
    expect(() => findResumableRun(project.runsDir, 'desk')).toThrow(expect.objectContaining({ code: 'SW3003' }));
    expect(() => findResumableRun(project.runsDir, 'desk', 'tower')).toThrow(expect.objectContaining({ code: 'SW3003' }));
    expect(findResumableRun(project.runsDir, 'desk', 'desk').run).toBe('desk');
    expect(() => findResumableRun(project.runsDir, 'own', 'desk')).toThrow(
      expect.objectContaining({ code: 'SW1202', message: 'run own is not in hand on desk' }),
    );
  });

  test.each([
    ['a run that succeeded', [started(GONE), ok], 'SW1202'],
    ['a command on hosts', [exec, finished], 'SW1202'],
    ['a task of the command line', [task, finished], 'SW1202'],
    ['a journal without a beginning', [finished], 'SW1203'],
  ] as const)('refuses %s', async (_, facts, code) => {
    using project = temporaryProject();
    await writeRun(project, 'k3f9', ...facts);
    expect(() => findResumableRun(project.runsDir, 'k3f9')).toThrow(expect.objectContaining({ code }));
  });
});

test('the last run to go on with is that of a playbook, not a command or a dry run after it', async () => {
  using project = temporaryProject();
  const find = () => findRun(project.runsDir, 'last', mayBeResumed);
  await writeRun(project, 'c', task);
  expect(find()).toBe('c'); // the error then says that it cannot be resumed
  await writeRun(project, 'p', started(GONE));
  await writeRun(project, 'd', { ...started(GONE), check: true } as RunEventData);
  await writeRun(project, 'e', exec);
  expect(find()).toBe('p');
});

test('a playbook can be retried from a screen, a command on hosts cannot', async () => {
  using project = temporaryProject();
  await writeRun(project, 'a', started(GONE));
  await writeRun(project, 'b', exec);
  expect(['a', 'b'].map((run) => isPlaybookRun(journalPath(project.runsDir, run)))).toEqual([true, false]);
});

test('secrets are given again, and the error names each that is missing', async () => {
  using project = temporaryProject();
  await writeRun(project, 'k3f9', { ...started(GONE), args: { user: 'me', pw: SECRET_MASK, token: SECRET_MASK } } as RunEventData);
  const resumable = findResumableRun(project.runsDir, 'k3f9');
  expect(completeRunArgs(resumable, { pw: 'a', token: 'b' })).toEqual({ user: 'me', pw: 'a', token: 'b' });
  expect(() => completeRunArgs(resumable, { pw: 'a' })).toThrow(
    expect.objectContaining({ code: 'SW1207', hint: 'Give the secrets again: swarm runs resume k3f9 --secret token=env:TOKEN' }),
  );
});

test('a run goes on without the hosts that are blocked, gone or no longer in the inventory', () => {
  const block = { reason: 'noise', until: '2027-01-01' };
  const gone = { since: '2026-01-01T00:00:00Z' };
  using project = temporaryProject(makeHost('a'), makeHost('b', { block }), makeHost('c', { gone }), makeHost('d', { block }));
  const now = Date.parse('2026-12-01');
  expect(limitOfResumed(project, ['a', 'b', 'c', 'x'], now)).toBe('a');
  expect(limitOfResumed(project, ['b', 'd'], now)).toBe('b,d');
  expect(describeMissingHosts(project, ['a', 'b', 'c'])).toBeUndefined();
  expect(describeMissingHosts(project, ['a', 'x', 'y'])).toBe('warning: the inventory no longer has x, y: the run goes on without');
  expect(describeMissingHosts(project, ['1', '2', '3', '4', '5', '6', '7'])).toContain(' 5 and 2 more: ');
});
