import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeGate, createLabProject, journalOf, type LabProject, lastRun, published } from '../lab-project.ts';

/** What one run builds is not built again by another, and nothing of it stays behind. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

/** How often drones compiled a package since the test began to count. */
function countBuilds(name: string): () => number {
  const count = (): number =>
    project.drones
      .flatMap(({ dir }) => readLog(join(dir, 'log/emerge.log')).split('\n'))
      .filter((line) => line.includes('*** emerge') && line.includes('--buildpkgonly') && line.includes(name)).length;
  const before = count();
  return () => count() - before;
}

const readLog = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const notesOf = (dir: string, run?: string): readonly string[] =>
  journalOf(dir, run).flatMap((event) => (event.type === 'run.note' ? [event.text] : []));

/** Packages and jobs that are left on the drones, and files in staging. */
function leftovers(dir: string): readonly string[] {
  const list = (folder: string): readonly string[] =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)) : [];
  return [
    ...project.drones.flatMap((drone) => [
      ...list(join(drone.dir, 'var/lib/swarm/packages')).filter((path) => path.endsWith('.gpkg.tar')),
      ...list(join(drone.dir, 'home/.local/state/swarm/jobs')).filter((path) => path.endsWith('begun')),
    ]),
    ...list(join(dir, 'binhost/.swarm/stage')),
  ];
}

const BUILD = ['run', 'build', 'demo-libs/base', '-o', 'ndjson'] as const;

test('a second run waits for what the first one builds, takes its result and names it', async () => {
  const builds = countBuilds('demo-libs/base');
  const open = closeGate(project, 'base');
  const first = project.start(BUILD);
  await first.waitForOutput(/at the gate/);
  const firstRun = lastRun(project.dir);
  const second = project.start(BUILD);
  await second.waitForOutput(new RegExp(`is built by run ${firstRun} on d`));
  open();
  expect([(await first.ended).exit, (await second.ended).exit, builds()]).toEqual([0, 0, 1]);
  const { json } = await project.json('runs', 'show', 'last');
  expect(json.items).toMatchObject([{ id: 'demo-libs/base-2.1-r1', status: 'published' }]);
  expect([json.published.length, published(project.dir).length]).toEqual([1, 1]);
  expect(leftovers(project.dir)).toEqual([]);
});

test('a run takes over the job of a run that was killed', async () => {
  const other = await project.another();
  const builds = countBuilds('demo-libs/base');
  const open = closeGate(project, 'base');
  const first = other.start(BUILD);
  await first.waitForOutput(/at the gate/);
  const firstRun = lastRun(other.dir);
  first.kill('SIGKILL');
  await first.ended;
  const second = other.start(BUILD);
  await second.waitForOutput(new RegExp(`attached to the job of run ${firstRun} on d`));
  open();
  expect([(await second.ended).exit, builds(), published(other.dir).length]).toEqual([0, 1, 1]);
  expect(leftovers(other.dir)).toEqual([]);
  const resumed = await other.json('runs', 'resume', firstRun);
  expect([resumed.exit, builds(), resumed.json.items.map(({ status }) => status)]).toEqual([0, 1, ['skipped']]);
});

test('a package that could not be fetched is fetched again, not built again', async () => {
  const other = await project.another();
  const builds = countBuilds('demo-libs/base');
  for (let n = 0; n < 3; n++) for (const { faults } of other.drones) faults.flip();
  const { exit, json } = await other.json('run', 'build', 'demo-libs/base');
  for (const { faults } of other.drones) faults.clear();
  expect([exit, json.items[0]?.attempts, builds()]).toEqual([0, 2, 1]);
  expect(notesOf(other.dir)).toContainEqual(expect.stringMatching(/takes what an earlier attempt built on d[12]/));
  expect(leftovers(other.dir)).toEqual([]);
});

test('a package that could not be published is published later, not built again, and nobody else is blamed', async () => {
  const other = await project.another();
  expect((await other.swarm('run', 'build', 'demo-libs/base')).exit).toBe(0);
  rmSync(join(other.dir, 'binhost', published(other.dir)[0]?.path ?? ''));
  const builds = countBuilds('demo-dev/generator');
  const { exit, json } = await other.json('run', 'build', 'demo-dev/generator');
  expect([exit, json.errors.map(({ code }) => code), builds()]).toEqual([9, ['SW4006'], 1]);
  const failed = journalOf(other.dir).flatMap((event) => (event.type === 'item.failed' ? [event.blame] : []));
  expect(new Set(failed)).toEqual(new Set(['service']));
  expect((await other.swarm('binhost', 'gc')).exit).toBe(0);
  const resumed = await other.json('runs', 'resume', 'last');
  expect([resumed.exit, published(other.dir).map(({ cpv }) => cpv), builds()]).toEqual([0, ['demo-dev/generator-1.4'], 1]);
});

test('the work folder of a failed build goes, unless it is to be kept: then ssh opens a shell in it', async () => {
  const other = await project.another();
  const kept = (): readonly string[] => other.drones.map(({ dir }) => join(dir, 'tmp/portage/demo-app/broken-1.0')).filter(existsSync);
  expect((await other.swarm('run', 'build', 'demo-app/broken', '-l', 'd1')).exit).toBe(2);
  expect(kept()).toEqual([]);
  const none = await other.swarm('hosts', 'ssh', 'd1', '--build', 'last/demo-app/broken-1.0');
  expect([none.exit, none.stderr]).toEqual([5, expect.stringContaining('--keep-failed')]);
  expect((await other.swarm('run', 'build', 'demo-app/broken', '--keep-failed', '-l', 'd1')).exit).toBe(2);
  expect(kept().length).toBe(1);
  const shell = other.start(['hosts', 'ssh', 'd1', '--build', 'last/demo-app/broken-1.0'], { stdin: 'pwd; echo "PF=$PF"; exit 3\n' });
  const { exit, stdout } = await shell.ended;
  expect([exit, stdout]).toEqual([3, expect.stringContaining(`${kept()[0]}\nPF=broken-1.0`)]);
});
