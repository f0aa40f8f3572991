import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { cancelExitCode, cancelRun, findRunRemains } from '../../../src/fleet/runs/cancel-run.ts';
import { findOldRuns } from '../../../src/fleet/runs/clean-runs.ts';
import { recordGoneHost } from '../../../src/journal/gone-hosts.ts';
import { listRuns } from '../../../src/journal/runs/run-list.ts';
import { finished, started, startedElsewhere } from '../../journal/run-events.ts';
import { makeHost } from '../inventory-hosts.ts';
import { GONE, temporaryProject, writeRun } from './written-run.ts';

const jobStarted = (host: string, job: string): RunEventData => ({ type: 'job.started', host, task: '0.0', job, offset: 0 });
const unreachable = () => Promise.reject(new Error('no route'));

test('a run that has ended and left no job has nothing to cancel', async () => {
  using project = temporaryProject();
  await writeRun(
    project,
    'done',
    started(GONE),
    jobStarted('d1', 'j1'),
    { type: 'job.finished', host: 'd1', task: '0.0', job: 'j1', exit: 0, bytes: 0 },
    finished,
  );
  expect(() => findRunRemains(project, 'done')).toThrow(
    expect.objectContaining({ code: 'SW1202', message: 'run done has nothing left to cancel' }),
  );
});

test('a killed run leaves its jobs, and no process', async () => {
  using project = temporaryProject();
  await writeRun(project, 'cut', started(GONE), jobStarted('d1', 'j1'), jobStarted('d2', 'j2'));
  expect(findRunRemains(project, 'last')).toEqual({
    run: 'cut',
    jobs: [
      { host: 'd1', job: 'j1' },
      { host: 'd2', job: 'j2' },
    ],
  });
});

test('a job on a host that is gone went with it', async () => {
  using project = temporaryProject();
  await writeRun(project, 'cut', started(GONE), jobStarted('d1', 'j1'), jobStarted('d2', 'j2'));
  await recordGoneHost(dirname(project.runsDir), 'd1', { since: '2026-01-01T00:00:00.000Z' });
  expect(findRunRemains(project, 'last').jobs).toEqual([{ host: 'd2', job: 'j2' }]);
  expect(findOldRuns(project.runsDir, 1, Date.now() + 86_400_000)).toMatchObject([{ run: 'cut', busyHost: 'd2' }]);
  await recordGoneHost(dirname(project.runsDir), 'd2', { since: '2026-01-01T00:00:00.000Z' });
  expect(() => findRunRemains(project, 'cut')).toThrow(expect.objectContaining({ code: 'SW1202' }));
  expect(findOldRuns(project.runsDir, 1, Date.now() + 86_400_000)[0]).not.toHaveProperty('busyHost');
});

test('the process of a run gets SIGTERM, and is waited for', async () => {
  using project = temporaryProject();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  await writeRun(project, 'live', started(child.pid ?? 0));
  const remains = findRunRemains(project, 'live');
  expect(remains.pid).toBe(child.pid);
  expect(await cancelRun(project, remains, unreachable)).toEqual([]);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('a job that cannot be ended says why, and the exit code is 4', async () => {
  using project = temporaryProject(makeHost('d1'));
  await writeRun(project, 'cut', started(GONE), jobStarted('d1', 'j1'), jobStarted('sold', 'j2'));
  const jobs = await cancelRun(project, findRunRemains(project, 'cut'), unreachable);
  expect(jobs).toEqual([
    { host: 'd1', job: 'j1', status: 'could not be ended: no route' },
    { host: 'sold', job: 'j2', status: 'is on a host that the inventory no longer has' },
  ]);
  expect([cancelExitCode(jobs), cancelExitCode([{ host: 'd1', job: 'j1', status: 'ended' }]), cancelExitCode([])]).toEqual([4, 0, 0]);
});

test('a job of a play with its own login is ended with that login', async () => {
  using project = temporaryProject(makeHost('d1'));
  const connected: RunEventData = {
    type: 'host.connected',
    host: 'd1',
    route: 'local d1:2222',
    cores: 1,
    ms: 1,
    login: { user: 'root', port: 2222 },
  };
  await writeRun(project, 'cut', started(GONE), connected, jobStarted('d1', 'j1'));
  const asked: string[] = [];
  await cancelRun(project, findRunRemains(project, 'cut'), (host) => {
    asked.push(`${host.login.user} ${JSON.stringify(host.routes[0])}`);
    return unreachable();
  });
  expect(asked).toEqual([expect.stringMatching(/^root .*"port":2222/)]);
});

test('a run of another machine is cancelled there, or here by who names it: then it has an end', async () => {
  using project = temporaryProject(makeHost('d1'));
  await writeRun(project, 'desk', startedElsewhere, jobStarted('d1', 'j1'));
  expect(() => findRunRemains(project, 'desk')).toThrow(
    expect.objectContaining({ code: 'SW3003', hint: expect.stringContaining('On desk, run: swarm runs cancel desk.') }),
  );
  const remains = findRunRemains(project, 'desk', 'desk');
  expect(remains).toEqual({ run: 'desk', jobs: [{ host: 'd1', job: 'j1' }], takeOver: 'desk' }); // no process of this machine
  await cancelRun(project, remains, unreachable);
  expect(listRuns(project.runsDir)).toMatchObject([{ run: 'desk', status: 'interrupted', exit: 4 }]);
});
