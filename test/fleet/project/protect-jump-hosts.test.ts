import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { openProject } from '../../../src/fleet/project/project.ts';
import { protectJumpHosts } from '../../../src/fleet/project/protect-jump-hosts.ts';
import { readSshConfig } from '../../../src/remote/ssh-config/ssh-config.ts';
import { local, makeHost, makeInventory } from '../inventory-hosts.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-protect-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

const config = join(dir, 'config');
writeFileSync(config, 'Host 10.1.*\n  ProxyJump root@gate:2222\n');
const drone = makeHost('drone', { routes: [local('10.1.0.7')] });

test('a host that ssh_config jumps over to another host is protected', () => {
  const { hosts } = protectJumpHosts(makeInventory(drone, makeHost('gate'), makeHost('other')), readSshConfig(config));
  expect(hosts.map((host) => [host.name, host.protected, host.protection])).toEqual([
    ['drone', false, undefined],
    ['gate', true, 'a jump host'],
    ['other', false, undefined],
  ]);
});

test('`protected: false` of the inventory wins', () => {
  const gate = makeHost('gate', { protection: 'lifted' });
  const { hosts } = protectJumpHosts(makeInventory(drone, gate), readSshConfig(config));
  expect(hosts.find(({ name }) => name === 'gate')?.protected).toBe(false);
});

test('every command that opens a project has it, with the inventory read anew and from the cache', async () => {
  const project = join(dir, 'project');
  mkdirSync(join(project, 'inventory'), { recursive: true });
  mkdirSync(join(dir, 'home/.ssh'), { recursive: true });
  writeFileSync(
    join(project, 'inventory/swarm.yml'),
    'hosts:\n  gate: { routes: [ local: 10.0.0.1 ] }\n  drone: { routes: [ local: 10.1.0.7 ] }\n',
  );
  vi.stubEnv('HOME', join(dir, 'home'));
  const protectedHosts = async (): Promise<readonly string[]> =>
    (await openProject({ directory: project })).inventory.hosts.filter((host) => host.protected).map(({ name }) => name);
  expect(await protectedHosts()).toEqual(['localhost']);
  writeFileSync(join(dir, 'home/.ssh/config'), 'Host 10.1.*\n  ProxyJump gate\n');
  expect(await protectedHosts()).toEqual(['gate', 'localhost']);
});
