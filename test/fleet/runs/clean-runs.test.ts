import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { findOldRuns, removeRuns } from '../../../src/fleet/runs/clean-runs.ts';
import { finished, started, startedElsewhere } from '../../journal/run-events.ts';
import { GONE, temporaryProject, writeRun } from './written-run.ts';

const DAY_MS = 86_400_000;
const jobStarted: RunEventData = { type: 'job.started', host: 'd1', task: '0.0', job: 'j1', offset: 0 };

test('runs that ended before the time to keep are removed, finished and killed ones; what goes on stays', async () => {
  using project = temporaryProject();
  await writeRun(project, 'done', started(GONE), finished);
  await writeRun(project, 'killed', started(GONE));
  await writeRun(project, 'goes-on', started(process.pid));
  await writeRun(project, 'busy', started(GONE), jobStarted);
  const later = Date.now() + 31 * DAY_MS;
  expect(findOldRuns(project.runsDir, 32 * DAY_MS, later)).toEqual([]);
  const old = findOldRuns(project.runsDir, 30 * DAY_MS, later);
  expect(new Set(old.map(({ run, busyHost }) => `${run} ${busyHost ?? ''}`))).toEqual(new Set(['done ', 'killed ', 'busy d1']));
  expect(old.every(({ size }) => size > 100)).toBe(true);
  const removed = await removeRuns(
    project.runsDir,
    old.filter(({ busyHost }) => busyHost === undefined),
  );
  expect(removed).toHaveLength(2);
  expect(readdirSync(project.runsDir).sort()).toEqual(['busy', 'goes-on']);
});

test('a run that may go on on another machine is kept, and named', async () => {
  using project = temporaryProject();
  await writeRun(project, 'desk', startedElsewhere);
  const old = findOldRuns(project.runsDir, DAY_MS, Date.now() + 2 * DAY_MS);
  expect(old).toMatchObject([{ run: 'desk', status: 'elsewhere', orchestrator: 'desk' }]);
  expect(await removeRuns(project.runsDir, old)).toEqual([]);
});

test('a run that somebody resumed after it was listed is not removed', async () => {
  using project = temporaryProject();
  await writeRun(project, 'back', started(GONE));
  const old = findOldRuns(project.runsDir, DAY_MS, Date.now() + 2 * DAY_MS);
  await writeRun(project, 'back', started(process.pid, true));
  expect(await removeRuns(project.runsDir, old)).toEqual([]);
  expect(readdirSync(project.runsDir)).toContain('back');
});

test('what a cleaning that was killed left goes with the next one, and nothing that a link in it leads to', async () => {
  using project = temporaryProject();
  await writeRun(project, 'new', started(GONE), finished);
  const left = join(project.runsDir, '.removed-half');
  mkdirSync(left);
  mkdirSync(join(project.runsDir, '../kept'));
  writeFileSync(join(project.runsDir, '../kept/file'), '');
  symlinkSync(join(project.runsDir, '../kept'), join(left, 'link'));
  expect(await removeRuns(project.runsDir, [])).toEqual([]);
  expect(readdirSync(project.runsDir)).toEqual(['new']);
  expect(readdirSync(join(project.runsDir, '../kept'))).toEqual(['file']);
});
