import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchPackage } from '../../src/builds/fetch-package.ts';
import type { Command } from '../../src/core/connection.ts';
import type { Inventory } from '../../src/core/inventory/inventory.ts';
import type { Remote } from '../../src/core/module.ts';
import { demoSteps } from '../../src/lab/demo.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { writeLabProject } from '../../src/lab/lab-project.ts';
import { packGpkg } from '../../src/lab/portage/merge/pack-gpkg.ts';
import { readInventory } from '../../src/language/inventory/read-inventory.ts';
import { connect } from '../../src/remote/connect/connect.ts';
import type { ConnectOptions } from '../../src/remote/connect/connect-options.ts';
import { verifyRoutes } from '../../src/remote/connect/verify-routes.ts';
import { readPins } from '../../src/remote/identity/pins.ts';
import { openHostJobs } from '../../src/remote/jobs/detached-jobs.ts';
import { readSshConfig } from '../../src/remote/ssh-config/ssh-config.ts';
import { startTestLab } from './fixture.ts';

async function project(lab: Lab): Promise<{ readonly inventory: Inventory; readonly reach: ConnectOptions; readonly dir: string }> {
  const dir = join(lab.dir, 'project');
  await writeLabProject(dir, lab);
  const identities = readPins(join(dir, 'inventory/known_hosts'));
  const inventory = readInventory({ dir, home: '/nonexistent', user: 'nobody', identities });
  const reach = { hosts: inventory.hosts, sshConfig: readSshConfig('/nonexistent'), revoked: () => false };
  return { inventory, reach, dir };
}

const signal = (): AbortSignal => AbortSignal.timeout(20_000);

test('the project of a lab loads: every drone pinned, a jump among the routes, a binhost of its own', async () => {
  await using lab = await startTestLab({ drones: 3 });
  const { inventory, dir } = await project(lab);
  expect(inventory.hosts.map(({ name }) => name)).toEqual(['d1', 'd2', 'd3', 'localhost']);
  expect(inventory.hosts.map(({ identity }) => identity?.hostKeys[0]?.blob)).toEqual([
    ...lab.drones.map(({ hostKey }) => hostKey.blob),
    undefined,
  ]);
  expect(inventory.hosts[2]?.routes.map(({ kind }) => kind)).toEqual(['local', 'jump']);
  expect(inventory.binhost).toEqual({ path: join(dir, 'binhost') });
  mkdirSync(join(dir, 'extra'));
  await writeLabProject(dir, lab); // again: it fits the lab as it is now, and nothing else is touched
  expect(existsSync(join(dir, 'extra'))).toBe(true);
});

test('a push of the lab stays below the folders of its drones', async () => {
  await using lab = await startTestLab({ drones: 1 });
  const { dir } = await project(lab);
  const text = readFileSync(join(dir, 'playbooks/push.yml'), 'utf8');
  expect(text.match(/dest: (.*)/)?.[1]).toBe('"{{ folder }}/etc/swarm"');
});

test('swarm proves every route of a lab, and runs nothing for it', async () => {
  await using lab = await startTestLab({ drones: 2 });
  const { inventory, reach } = await project(lab);
  for (const host of inventory.hosts.slice(0, 2)) {
    const reports = await verifyRoutes(host, reach, signal());
    expect(reports.map(({ status }) => status)).toEqual(host.routes.map(() => 'proven'));
  }
});

test('another drone behind an address is named before it is asked for anything', async () => {
  await using lab = await startTestLab({ drones: 2 });
  const { inventory, reach } = await project(lab);
  const [first, second] = inventory.hosts as [Inventory['hosts'][number], Inventory['hosts'][number]];
  const crossed = { ...first, routes: second.routes.slice(0, 1) as unknown as typeof second.routes };
  await expect(connect(crossed, reach, signal())).rejects.toMatchObject({ code: 'SW3001' });
  expect(lab.drones[1]?.commands).toEqual([]);
});

test('a job of swarm outlives a cut, is attached again, and does not outlive the lab', async () => {
  const lab = await startTestLab({ drones: 1 });
  const { inventory, reach } = await project(lab);
  const host = inventory.hosts[0] as Inventory['hosts'][number];
  const drone = lab.drones[0] as Lab['drones'][number];
  const command = {
    argv: ['env', '-i', `HOME=${drone.dir}/home`, 'PATH=/usr/bin:/bin', 'sh', '-c', 'echo begun; exec sleep 600'] as const,
  };
  const connection = await connect(host, reach, signal());
  expect(await openHostJobs(connection, signal()).start('job', command)).toBe('started');
  drone.cut();
  expect(await connection.closed).toBeDefined();
  {
    await using again = await connect(host, reach, signal());
    expect(await openHostJobs(again, signal()).start('job', command)).toBe('attached');
    for await (const { bytes } of openHostJobs(again, signal()).follow('job', 0)) {
      expect(Buffer.from(bytes).toString()).toBe('begun\n');
      break;
    }
    expect(await openHostJobs(again, signal()).status('job')).toMatchObject({ state: 'running' });
  }
  await expect.poll(() => drone.processes().length).toBeGreaterThan(0);
  await lab[Symbol.asyncDispose]();
  expect(drone.processes()).toEqual([]);
  const [error] = await once(dial(drone.port, '127.0.0.1'), 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('each step of the demo says something, and the build comes before what looks at its result', () => {
  expect(demoSteps.every(({ lines: say }) => say.length > 0)).toBe(true);
  const commands = demoSteps.flatMap(({ argv }) => (argv === undefined ? [] : [argv.slice(0, 2).join(' ')]));
  expect(commands.indexOf('run build')).toBeLessThan(commands.indexOf('binhost check'));
});

test('a package damaged on its way is noticed: a flipped bit is fetched again, a second one refused, a cut stream is continued', async () => {
  await using lab = await startTestLab({ drones: 1 });
  const { inventory, reach, dir } = await project(lab);
  const drone = lab.drones[0] as Lab['drones'][number];
  const bytes = packGpkg('base-1.0-1', new Map([['CATEGORY', 'demo-libs\n']]), [{ name: 'opt/data', content: randomBytes(300_000) }], 1);
  const path = join(drone.dir, 'pkgdir/base-1.0-1.gpkg.tar');
  writeFileSync(path, bytes);
  await using connection = await connect(inventory.hosts[0] as Inventory['hosts'][number], reach, signal());
  const remote = {
    host: connection.host,
    open: (command: Command) => connection.open(command, signal()),
    emit: () => {},
  } as unknown as Remote;
  const wanted = { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), name: 'base' };
  drone.faults.flip();
  await fetchPackage(remote, { ...wanted, target: join(dir, 'one') });
  drone.faults.truncate();
  await fetchPackage(remote, { ...wanted, target: join(dir, 'two') });
  expect([readFileSync(join(dir, 'one')).equals(bytes), readFileSync(join(dir, 'two')).equals(bytes)]).toEqual([true, true]);
  drone.faults.flip();
  drone.faults.flip();
  await expect(fetchPackage(remote, { ...wanted, target: join(dir, 'three') })).rejects.toMatchObject({ code: 'SW4001' });
  expect(existsSync(join(dir, 'three'))).toBe(false);
});

test('a package of 10 TB, or one that has no room here, is refused before a byte of it is written', async () => {
  await using lab = await startTestLab({ drones: 1 });
  const { inventory, reach, dir } = await project(lab);
  await using connection = await connect(inventory.hosts[0] as Inventory['hosts'][number], reach, signal());
  const open = (): never => expect.fail('nothing is fetched');
  const remote = { host: connection.host, open, emit: () => {} } as unknown as Remote;
  const wanted = { path: '/dev/zero', sha256: '0'.repeat(64), name: 'huge', target: join(dir, 'huge') };
  await expect(fetchPackage(remote, { ...wanted, size: 10 * 2 ** 40 })).rejects.toMatchObject({
    code: 'SW4009',
    message: expect.stringContaining('declares 10 TiB'),
  });
  const { bavail, bsize } = statfsSync(dir);
  const size = bavail * bsize + 2 ** 30;
  if (size < 32 * 2 ** 30) await expect(fetchPackage(remote, { ...wanted, size })).rejects.toMatchObject({ code: 'SW4009' });
  expect(existsSync(join(dir, 'huge.part'))).toBe(false);
});
