import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostAbsence } from '../../../src/engine/host/host-absence.ts';
import { checkCanGo, findWorkInHand, recordGone } from '../../../src/fleet/blocks/gone-host.ts';
import { watchHosts } from '../../../src/fleet/blocks/watch-hosts.ts';
import { openProject } from '../../../src/fleet/project/project.ts';
import { recordGoneHost } from '../../../src/journal/gone-hosts.ts';
import { writeRun } from '../runs/written-run.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-watch-'));
  mkdirSync(join(dir, 'inventory'));
  write('hosts: { d1: { routes: [{ local: 10.0.0.1 }] }, d2: { routes: [{ local: 10.0.0.2 }] } }');
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (text: string): void => writeFileSync(join(dir, 'inventory/swarm.yml'), `defaults: { user: root }\n${text}\n`);

test('a run learns of a block, of a host that is gone and of one that is back; a file that is not whole changes nothing', async () => {
  const seen: HostAbsence[] = [];
  let tell: () => void = () => {};
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  const project = await openProject({ directory: dir });
  const stop = watchHosts(
    project,
    { directory: dir },
    (now) => {
      seen.push(now);
      tell();
    },
    10,
  );
  expect(seen).toHaveLength(1);
  let changed = next();
  await recordGone(project, 'd2', ' its board is dead ', Date.now());
  await changed;
  expect(seen.at(-1)?.gone.get('d2')).toMatchObject({ reason: 'its board is dead' });
  expect(seen.at(-1)?.hosts.find(({ name }) => name === 'd2')?.gone).toMatchObject({ reason: 'its board is dead' });
  changed = next();
  write('hosts: {');
  write('hosts: { d1: { routes: [{ local: 10.0.0.1 }], block: { reason: noise, until: 2099-01-01 } } }');
  await changed;
  expect(seen.at(-1)?.hosts.find(({ name }) => name === 'd1')?.block).toMatchObject({ reason: 'noise' });
  changed = next();
  await recordGoneHost(join(dir, '.swarm'), 'd2', undefined);
  await changed;
  expect(seen.at(-1)?.gone.size).toBe(0);
  stop();
});

test('the hosts of a long -i a,b are watched too', async () => {
  const options = { directory: dir, inventory: [`${Array.from({ length: 2000 }, (_, i) => `host${i}`).join(',')}`] };
  const seen: number[] = [];
  watchHosts(await openProject(options), options, ({ hosts }) => seen.push(hosts.length))();
  expect(seen).toEqual([2001]);
});

test('what open runs have in hand on a host is found; a name that nobody knows and this machine cannot go', async () => {
  const project = await openProject({ directory: dir });
  await writeRun(
    project,
    'r1',
    {
      ...{ type: 'run.started', playbook: 'build', args: {}, hosts: ['d9'], check: false, diff: false, pid: 2 ** 22 + 1, version: '0' },
    },
    { type: 'item.started', item: 'icu', host: 'd9', attempt: 1 },
    { type: 'item.started', item: 'zlib', host: 'd1', attempt: 1 },
  );
  const work = findWorkInHand(project, 'd9');
  expect(work).toEqual([{ run: 'r1', status: 'interrupted', items: ['icu'] }]);
  expect(() => checkCanGo(project, 'd9', work)).not.toThrow();
  expect(() => checkCanGo(project, 'd8', findWorkInHand(project, 'd8'))).toThrow(expect.objectContaining({ code: 'SW1203' }));
  expect(() => checkCanGo(project, 'localhost', [])).toThrow(expect.objectContaining({ code: 'SW1202' }));
});
