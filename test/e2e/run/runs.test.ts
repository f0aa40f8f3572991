import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeGate, createLabProject, journalOf, type LabProject, published } from '../lab-project.ts';

/** Runs that go on by themselves, and what can be asked about them afterwards. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2, 21);
});
afterAll(() => project[Symbol.asyncDispose]());

const parsed = (text: string): readonly { readonly seq: number; readonly type: string }[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('--detach answers at once with the id; watch joins and ends with the run, exit and events alike', async () => {
  const { exit, stdout, stderr } = await project.swarm('run', 'build', 'demo-libs/zip', '--detach');
  expect([exit, stdout]).toEqual([0, expect.stringMatching(/^[0-9a-z]{4}\n$/)]);
  expect(stderr).toContain('swarm runs watch');
  const id = stdout.trim();
  const watched = await project.swarm('runs', 'watch', id, '-o', 'ndjson');
  expect(watched.exit).toBe(0);
  expect(parsed(watched.stdout)).toEqual(journalOf(project.dir, id));
  expect(published(project.dir).map(({ cpv }) => cpv)).toEqual(['demo-libs/base-2.1-r1', 'demo-libs/zip-1.3.1']);
});

test('--detach of a run that cannot begin is told as one that is not detached, and leaves no run behind', async () => {
  const before = (await project.json('runs', 'list')).json;
  const { exit, stdout, stderr } = await project.swarm('run', 'build', 'demo-libs/zip', '--detach', '-l', 'drones:!d1:!d2');
  expect([exit, stdout]).toEqual([5, '']);
  expect(stderr).toContain('SW1204');
  expect((await project.json('runs', 'list')).json).toEqual(before);
});

test('watch of a run that fails has its exit code', async () => {
  const { stdout } = await project.swarm('run', 'build', 'demo-app/broken', '--detach');
  const watched = await project.swarm('runs', 'watch', stdout.trim());
  expect(watched.exit).toBe(2);
  expect(`${watched.stdout}${watched.stderr}`).toMatch(/nosuch\.h/);
});

test('show, list, logs and report tell of a run from its journal alone', async () => {
  const build = await project.json('run', 'build', 'demo-libs/text');
  const id = build.json.run;
  for (const name of [id, 'last', id.slice(0, 3)]) {
    const show = await project.json('runs', 'show', name);
    expect([show.exit, show.json]).toEqual([0, build.json]);
  }
  expect(parsed((await project.swarm('runs', 'show', id, '-o', 'ndjson')).stdout)).toEqual(journalOf(project.dir, id));
  const list = (await project.json('runs', 'list')).json as unknown as { runs: { id: string; status: string; exit: number }[] };
  expect(list.runs[0]).toMatchObject({ id, playbook: 'build', status: 'ok', exit: 0 });
  expect(list.runs.map(({ status }) => status).sort()).toEqual(['failed', 'ok', 'ok']);
  const logs = await project.swarm('runs', 'logs', id);
  expect(logs.stdout).toMatch(/^d[12] │ cc -O2 -pipe -fPIC -c text-1\.c$/m);
  const host = build.json.items[0]?.host ?? '';
  expect((await project.swarm('runs', 'logs', id, host)).stdout).toMatch(/^cc -O2 /m);
  const compiled = { host, line: 'cc -O2 -pipe -fPIC -c text-1.c' };
  expect((await project.json('runs', 'logs', id)).json).toMatchObject({ run: id, lines: expect.arrayContaining([compiled]) });
  expect(parsed((await project.swarm('runs', 'logs', id, host, '-o', 'ndjson')).stdout)).toContainEqual(compiled);
  const file = join(project.dir, 'report.html');
  expect((await project.json('runs', 'report', id, file)).json).toEqual({ run: id, file });
  const report = await project.swarm('runs', 'report', id, file);
  expect([report.exit, report.stdout]).toEqual([0, `${file}\n`]);
  const html = readFileSync(file, 'utf8');
  expect(html).toContain('demo-libs/text-0.9_rc2');
  expect(html).not.toMatch(/(src|href)="https?:/);
});

test('a live run is cancelled from elsewhere: its job ends, nothing is published, it can be told from one that failed', async () => {
  closeGate(project, 'slow');
  const { stdout } = await project.swarm('run', 'build', 'demo-app/slow', '--detach');
  const id = stdout.trim();
  const watching = project.start(['runs', 'logs', id, '--follow']);
  await watching.waitForOutput(/at the gate/);
  const status = (await project.json('status')).json as unknown as { runs: { id: string; status: string }[] };
  expect(status.runs[0]).toMatchObject({ id, status: 'running' });
  const cancelled = await project.swarm('runs', 'cancel', id, '--yes');
  expect(cancelled.exit).toBe(0);
  await watching.ended;
  expect(project.drones.flatMap((drone) => drone.processes())).toEqual([]);
  expect((await project.json('runs', 'show', id)).json).toMatchObject({ status: 'interrupted' });
  expect(published(project.dir).map(({ cpv }) => cpv)).not.toContain('demo-app/slow-1.0');
});

test('cancel asks first, and without an answer leaves the run alone', async () => {
  const { exit, stdout } = await project.swarm('runs', 'cancel', 'last');
  expect([exit, stdout]).toEqual([5, '']);
});
