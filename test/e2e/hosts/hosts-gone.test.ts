import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeGate, createLabProject, journalOf, type LabProject } from '../lab-project.ts';

/** A person says during a run that a drone will not come back. */
let project: LabProject;

beforeAll(async () => {
  project = await createLabProject(2);
});
afterAll(() => project[Symbol.asyncDispose]());

test('the item of a drone that is gone is built by the other one, and the person is told; unblock takes it back', async () => {
  const told = join(project.dir, 'told');
  const open = closeGate(project, 'base');
  const inventory = join(project.dir, 'inventory/swarm.yml');
  writeFileSync(inventory, `${readFileSync(inventory, 'utf8')}\nnotify: [ { command: [sh, -c, 'cat >> ${told}'], on: [finished] } ]\n`);
  const run = project.start(['run', 'build', 'demo-libs/base', '-o', 'ndjson']);
  await run.waitForOutput(/at the gate/);
  const first = journalOf(project.dir).find((event) => event.type === 'item.started');
  const host = first?.type === 'item.started' ? first.host : '';
  const { exit, json } = await project.json('hosts', 'gone', host, '--reason', 'its board is dead', '--yes');
  expect([exit, json]).toMatchObject([0, { hosts: [{ name: host, status: 'gone' }], runs: [{ status: 'running' }] }]);
  await run.waitForOutput(/"type":"item\.started"[^\n]*"attempt":2/);
  open();
  expect((await run.ended).exit).toBe(0);
  expect(journalOf(project.dir).filter((event) => event.type === 'item.finished')).toMatchObject([{ host: host === 'd1' ? 'd2' : 'd1' }]);
  expect(existsSync(told) ? readFileSync(told, 'utf8') : '').toMatch(/^build finished\n/);
  const live = await project.json('status', '--live');
  expect(live.json.hosts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: host, status: 'gone' }),
      expect.objectContaining({ live: expect.objectContaining({ status: 'proven', load: expect.any(Array), builds: [] }) }),
    ]),
  );
  expect((await project.swarm('hosts', 'unblock', host)).exit).toBe(0);
  expect((await project.json('hosts', 'list')).json.hosts).toContainEqual(expect.objectContaining({ name: host, status: 'trusted' }));
});

test('swarm exec does not wait for a host that is gone, and leaves out one that was', async () => {
  const run = project.start(['exec', 'drones', '--', 'sh', '-c', 'echo begun; [ "$SWARM_LAB_NAME" = d2 ] || exec sleep 60']);
  await run.waitForOutput(/d1 +│ begun/);
  const since = Date.now();
  const gone = await project.swarm('hosts', 'gone', 'd1', '--reason', 'dead', '--yes');
  expect([gone.exit, gone.stdout]).toEqual([0, expect.stringMatching(/^wrote \S*\.swarm\/gone\.json$/m)]);
  const { exit, stdout, stderr } = await run.ended;
  expect(exit, stdout + stderr).toBe(4);
  expect(Date.now() - since).toBeLessThan(40_000);
  expect(stdout + stderr).toContain('d1 is gone since');
  const later = await project.swarm('exec', 'drones', '--', 'true');
  expect([later.exit, later.stderr]).toEqual([0, expect.stringMatching(/d1 is left out: gone since \d{4}-\d\d-\d\d \d\d:\d\d \(dead\)/)]);
  expect((await project.swarm('hosts', 'unblock', 'd1')).exit).toBe(0);
});
