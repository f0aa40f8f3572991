import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { packageRoot } from '../../../src/core/program/package-root.ts';
import type { Drone } from '../../../src/lab/drone.ts';
import { sshdProgram } from '../../machines/sshd.ts';
import { startSshdFleet } from '../../machines/sshd-fleet.ts';
import { startWire } from '../../machines/wire.ts';
import { createLabProject, journalOf, type LabProject, packageFiles, published } from '../lab-project.ts';
import { startSwarm } from '../run-program.ts';

/** Work outlives the connection, the orchestrator and the terminal, and is collected once. */
let project: LabProject;
/** Of demo-app/slow: compiled one after the other in three seconds. */
const SOURCES = 30;

beforeAll(async () => {
  project = await createLabProject(5, 21);
});
afterAll(() => project[Symbol.asyncDispose]());

const compiled = (source: number): RegExp => new RegExp(`cc -O2 [^"]*slow-${source}\\.c`);
const slow = ['run', 'build', 'demo-app/slow', '-o', 'ndjson'];
/** Each test has a drone of its own: what they wait for is mostly time. */
const slowOn = (drone: string): readonly string[] => [...slow, '-l', drone];
const EVERY = Array.from({ length: SOURCES }, (_, n) => `cc -O2 -pipe -fPIC -c slow-${n + 1}.c`);

/** What the compiler was asked for, as the journal has it. */
function compilerLines(events: readonly RunEvent[]): readonly string[] {
  const lines = events.flatMap((event) => (event.type === 'task.output' ? event.lines : []));
  return lines.filter((line) => line.startsWith('cc ') && line.includes('slow-'));
}

const count = (events: readonly RunEvent[], type: RunEvent['type']): number => events.filter((event) => event.type === type).length;

/** How often a drone packed this, by Portage's own log. */
function packed(drone: string, pf: string): number {
  if (!existsSync(join(drone, 'log/emerge.log'))) return 0;
  const log = readFileSync(join(drone, 'log/emerge.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('*** emerge') && line.includes('--buildpkgonly') && line.includes(pf)).length;
}

/** Builds there take so long that whoever ends one is never too late. */
function slower({ dir }: Drone): void {
  const file = join(dir, 'bin/emerge');
  writeFileSync(file, readFileSync(file, 'utf8').replace('LAB_SPEED:-21', 'LAB_SPEED:-2'));
}

test.concurrent('the connection is cut, twice, while emerge runs: the build goes on, its log is whole, it is published once', async () => {
  const drone = project.drone('d1');
  const run = project.start(slowOn('d1'));
  await run.waitForOutput(compiled(4));
  drone.cut();
  await run.waitForOutput(compiled(12));
  drone.cut();
  const { exit } = await run.ended;
  const events = journalOf(project.dir);
  expect(exit).toBe(0);
  expect([count(events, 'host.lost'), count(events, 'host.connected')]).toEqual([2, 3]);
  expect(compilerLines(events)).toEqual(EVERY);
  expect(packed(drone.dir, 'slow-1.0')).toBe(1);
  const cpvs = events.flatMap((event) => (event.type === 'package.published' ? [event.cpv] : []));
  expect(cpvs.filter((cpv) => cpv === 'demo-app/slow-1.0')).toEqual(['demo-app/slow-1.0']);
  expect(published(project.dir).map(({ cpv }) => cpv)).toContain('demo-app/slow-1.0');
});

test.concurrent('the orchestrator is killed while emerge runs: resume attaches to the job, which runs once and is published once', async () => {
  const other = await project.another();
  const drone = project.drone('d2');
  const before = packed(drone.dir, 'slow-1.0');
  const run = other.start(slowOn('d2'));
  await run.waitForOutput(compiled(4));
  run.kill('SIGKILL');
  expect((await run.ended).exit).toBe(137);
  expect(drone.processes().length).toBeGreaterThan(0);
  const list = await other.json('runs', 'list');
  expect(list.json).toMatchObject({ runs: [{ status: expect.not.stringMatching(/^(ok|running)$/) }] });
  const resumed = await other.json('runs', 'resume', 'last');
  expect([resumed.exit, resumed.json.status, resumed.json.errors]).toEqual([0, 'ok', []]);
  expect(resumed.json.published.map(({ cpv }) => cpv)).toContain('demo-app/slow-1.0');
  const events = journalOf(other.dir);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  expect(packed(drone.dir, 'slow-1.0')).toBe(before + 1);
  expect(events.filter((event) => event.type === 'package.published' && event.cpv === 'demo-app/slow-1.0')).toHaveLength(1);
  expect(compilerLines(events)).toEqual(EVERY);
  expect(packageFiles(other.dir).filter((path) => path.includes('slow'))).toHaveLength(1);
  const again = await other.swarm('runs', 'resume', 'last');
  expect([again.exit, again.stdout]).toEqual([5, '']);
});

test.concurrent('an interrupt: exit 130, what goes on is listed with the way back; cancel ends it', async () => {
  const other = await project.another();
  const drone = project.drone('d3');
  slower(drone);
  const run = other.start(['run', 'build', 'demo-app/slow', '-v', '-l', 'd3']);
  await run.waitForOutput(compiled(1));
  run.kill('SIGINT');
  const { exit, stdout, stderr } = await run.ended;
  expect(exit).toBe(130);
  expect(`${stdout}${stderr}`).toMatch(/d3[\s\S]*swarm runs resume|swarm runs resume[\s\S]*d3/);
  expect(drone.processes().length).toBeGreaterThan(0);
  expect(journalOf(other.dir).at(-1)).toMatchObject({ type: 'run.finished', status: 'interrupted', exit: 130 });
  const cancelled = await other.json('runs', 'cancel', 'last', '--yes');
  expect([cancelled.exit, cancelled.json]).toMatchObject([0, { runs: [{ status: 'cancelled', jobs: [{ host: 'd3', status: 'ended' }] }] }]);
  expect(drone.processes()).toEqual([]);
  expect(published(other.dir).map(({ cpv }) => cpv)).not.toContain('demo-app/slow-1.0');
});

test.concurrent('a run that was interrupted goes on where it was: nothing is built twice', async () => {
  const other = await project.another();
  const drone = project.drone('d4');
  const before = packed(drone.dir, 'slow-1.0');
  const run = other.start(slowOn('d4'));
  await run.waitForOutput(compiled(4));
  run.kill('SIGTERM');
  expect((await run.ended).exit).toBe(143);
  const { exit, json } = await other.json('runs', 'resume');
  expect([exit, json.status]).toEqual([0, 'ok']);
  expect(packed(drone.dir, 'slow-1.0')).toBe(before + 1);
});

test.concurrent('a host that loses its power under a build is waited for no longer than it takes to come back, and builds again', async () => {
  const other = await project.another();
  const drone = project.drone('d5');
  const run = other.start(slowOn('d5'));
  await run.waitForOutput(compiled(4));
  await drone.down();
  await run.waitForOutput(/"type":"host\.lost"/);
  await drone.up();
  const { exit } = await run.ended;
  const events = journalOf(other.dir);
  expect(exit).toBe(0);
  expect(count(events, 'host.lost')).toBeGreaterThan(0);
  expect(events.filter((event) => event.type === 'package.published' && event.cpv === 'demo-app/slow-1.0')).toHaveLength(1);
});

test
  .skipIf(sshdProgram === undefined)
  .concurrent('with real OpenSSH, behind a wire that is cut and stays dead for a while, it is the same', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-e2e-drone-'));
    mkdirSync(join(dir, 'bin'));
    const { writeWrappers } = (await import(
      join(packageRoot(), 'dist/src/lab/wrappers.js')
    )) as typeof import('../../../src/lab/wrappers.ts');
    writeWrappers(dir, { LAB_SPEED: '21' });
    await using hosts = await startSshdFleet(1, { env: { PATH: `${join(dir, 'bin')}:/usr/local/bin:/usr/bin:/bin` } });
    const [machine] = hosts.machines as [(typeof hosts.machines)[0]];
    await using wire = await startWire(machine);
    writeFileSync(
      join(hosts.project, 'inventory/swarm.yml'),
      hosts.inventory.replace(`127.0.0.1:${machine.port}`, `127.0.0.1:${wire.port}`),
    );
    const run = startSwarm(hosts.project, slow);
    await run.waitForOutput(compiled(4));
    wire.refuseNew(true);
    wire.cut();
    await run.waitForOutput(/"type":"host\.lost"/);
    wire.refuseNew(false);
    const { exit, stderr } = await run.ended;
    const events = journalOf(hosts.project);
    expect([exit, stderr]).toEqual([0, '']);
    expect([count(events, 'host.lost'), compilerLines(events)]).toEqual([1, EVERY]);
    expect(packed(dir, 'slow-1.0')).toBe(1);
    expect(published(hosts.project).map(({ cpv }) => cpv)).toEqual(['demo-app/slow-1.0', 'demo-libs/base-2.1-r1']);
    rmSync(dir, { recursive: true, force: true });
  });
