import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Identity } from '../../src/core/host.ts';
import { routeText } from '../../src/core/host.ts';
import { readInventory } from '../../src/language/inventory.ts';

const dir = join(import.meta.dirname, '../fixtures/language/fleet');
const pinned: Identity = { hostKeys: [{ type: 'ssh-ed25519', blob: 'AAAA' }], machineId: 'ab' };
const from = { dir, home: '/home/kim', user: 'kim', identities: new Map([['drone-tarn', pinned]]) };
const fleet = readInventory(from);
const host = (name: string) => fleet.hosts.find((each) => each.name === name);

test('hosts stand in the order of the file, this machine last and protected', () => {
  expect(fleet.hosts.map(({ name }) => name)).toEqual(['alpha-centauri', 'unraid', 'drone-tarn', 'drone-izar', 'builder-pod', 'localhost']);
  expect(host('localhost')).toMatchObject({ protected: true, routes: [{ kind: 'here' }] });
  expect(host('alpha-centauri')?.protected).toBe(true);
});

test('groups of hosts and of groups are known, direct ones first', () => {
  expect(fleet.groups).toEqual(['drones', 'remote', 'gateways', 'andromeda']);
  expect(host('drone-tarn')?.groups).toEqual(['drones', 'andromeda', 'remote']);
});

test('routes keep their order, with ports from the address, the route or the nearest port:', () => {
  expect(host('drone-tarn')?.routes.map(routeText)).toEqual([
    'tailscale 100.64.0.91:2222',
    'local 192.168.20.196:22',
    'jump unraid 192.168.122.10:2222',
  ]);
  expect(host('unraid')?.routes.map(routeText)).toEqual(['local 10.42.0.20:22', 'tailscale [fd7a:115c::20]:2200']);
  expect(host('builder-pod')?.routes.map(routeText)).toEqual(['command lxc-attach -n builder --']);
});

test('the login comes from the defaults, a group or the host itself', () => {
  expect(host('drone-izar')?.login).toEqual({
    user: 'root',
    keys: [{ from: 'file', path: '/home/kim/.ssh/id_ed25519' }, { from: 'agent' }],
  });
  expect(host('unraid')?.login).toMatchObject({ user: 'admin', become: { method: 'doas', user: 'root' } });
});

test('variables come from all, farther groups, nearer groups and the host, the nearest wins', () => {
  expect(host('drone-tarn')?.vars).toEqual({ tree: '/var/db/repos/gentoo', makeopts: '-j14', site: 'far', nice: 10 });
  expect(host('drone-izar')?.vars).toEqual({ tree: '/var/db/repos/gentoo', makeopts: '-j8', nice: 10, scratch: '/mnt/fast' });
});

test('cores, memory, block, identity, binhost and discover are read', () => {
  expect(host('drone-tarn')).toMatchObject({
    cores: 14,
    memory: 32 * 1024 ** 3,
    block: { reason: 'disk being replaced', until: '2026-12-01' },
    identity: pinned,
  });
  expect(host('drone-izar')).not.toHaveProperty('identity');
  expect(fleet.binhost).toEqual({ host: 'alpha-centauri', path: '/var/cache/binpkgs' });
  expect(fleet.discover).toEqual({ tailscale: true, networks: ['10.42.0.0/24'] });
});
