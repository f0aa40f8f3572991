import { expect, test } from 'vitest';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { type BinhostLocation, defaultTarget, type Target } from '../../../src/core/inventory/target.ts';
import { openOneBinhost, selectBinhosts, withBinhosts } from '../../../src/fleet/binhost/open-binhosts.ts';
import type { Project } from '../../../src/fleet/project/project.ts';
import { makeInventory } from '../inventory-hosts.ts';

const targetAt = (name: string, binhost: BinhostLocation): Target => ({ ...defaultTarget(binhost), name });
const desktop = targetAt('desktop', { path: '/srv/a' });
const laptop = targetAt('laptop', { path: '/srv/a' });
const server = targetAt('server', { path: '/srv/b' });
const remote = targetAt('remote', { path: '/srv/a', host: 'tarn' as HostName });

const project = (first: Target, ...more: readonly Target[]): Project => ({
  dir: '/project',
  inventory: { ...makeInventory(), targets: [first, ...more] },
  pinsFile: '/project/known_hosts',
  runsDir: '/project/.swarm/runs',
});
const names = (groups: ReturnType<typeof selectBinhosts>) => groups.map((targets) => targets.map(({ name }) => name));

test('targets share a binhost when host and path are the same', () => {
  expect(names(selectBinhosts(project(desktop, server, laptop, remote), undefined))).toEqual([
    ['desktop', 'laptop'],
    ['server'],
    ['remote'],
  ]);
});

test('a target that is named stands alone; an unknown one is refused', () => {
  expect(names(selectBinhosts(project(desktop, laptop), 'laptop'))).toEqual([['laptop']]);
  expect(() => selectBinhosts(project(desktop), 'dekstop')).toThrow(expect.objectContaining({ code: 'SW1203' }));
});

test('each binhost is used once, in the order of the targets', async () => {
  expect(await withBinhosts(project(desktop, server, laptop), undefined, async ({ path, targets }) => [path, ...targets])).toEqual([
    ['/srv/a', 'desktop', 'laptop'],
    ['/srv/b', 'server'],
  ]);
});

test('of several binhosts one must be named for what is done to one', async () => {
  await expect(openOneBinhost(project(desktop, server), undefined, 'swarm binhost rollback')).rejects.toMatchObject({
    code: 'SW1202',
    hint: 'Add --target desktop or --target server: swarm binhost rollback --target desktop',
  });
  await using opened = await openOneBinhost(project(desktop, server), 'server', 'swarm binhost rollback');
  expect(opened.path).toBe('/srv/b');
});
