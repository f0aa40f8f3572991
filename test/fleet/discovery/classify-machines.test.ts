import { expect, test } from 'vitest';
import { classifyMachines } from '../../../src/fleet/discovery/classify-machines.ts';
import type { SshScanResult } from '../../../src/fleet/discovery/ssh-scan.ts';
import type { TailscalePeer } from '../../../src/fleet/discovery/tailscale.ts';
import { hostKey, local, makeHost, makeInventory, pinnedHost } from '../inventory-hosts.ts';

const answer = (address: string, key: string): SshScanResult => ({ address, port: 22, keys: [hostKey(key)], banner: 'OpenSSH_9.9' });
const known = pinnedHost('d1', [hostKey('d1')], { routes: [local('10.0.0.1')] });
const gateway = pinnedHost('gateway', [hostKey('gw')], { routes: [local('10.0.0.254')] });
const fresh = makeHost('fresh', { routes: [local('10.0.0.9')] });
const classify = (scanned: readonly SshScanResult[], peers: readonly TailscalePeer[] = []) =>
  classifyMachines(scanned, makeInventory(known, gateway, fresh), peers).map(({ name, status, address, machine }) =>
    [name, status, address, machine].filter((each) => each !== undefined).join(' '),
  );
const everyone = [answer('10.0.0.1', 'd1'), answer('10.0.0.254', 'gw')];

test('a machine with its pinned key on its own route is known', () => {
  expect(classify(everyone)).toEqual(['d1 known 10.0.0.1', 'gateway known 10.0.0.254']);
});

test('a route that another host answers is misdirected, and both are named', () => {
  expect(classify([answer('10.0.0.1', 'gw'), answer('10.0.0.254', 'gw')])).toEqual([
    'd1 misdirected 10.0.0.1 gateway',
    'd1 missing',
    'gateway known 10.0.0.254',
  ]);
});

test('a machine that nobody listed is unknown; a known one at a new address is an alias', () => {
  expect(classify([...everyone, answer('10.0.0.77', 'ghost'), answer('10.0.0.2', 'd1')])).toEqual([
    '10.0.0.77 unknown 10.0.0.77',
    'd1 alias 10.0.0.2',
    'd1 known 10.0.0.1',
    'gateway known 10.0.0.254',
  ]);
});

test('a route whose key is not pinned is untrusted', () => {
  expect(classify([...everyone, answer('10.0.0.9', 'new')])[0]).toBe('fresh untrusted 10.0.0.9');
});

test('one key at two addresses is noted: one machine, or a clone', () => {
  const notes = classifyMachines([answer('10.0.0.70', 'x'), answer('10.0.0.71', 'x')], makeInventory(), []).map(({ note }) => note);
  expect(notes).toEqual([expect.stringContaining('10.0.0.71'), expect.stringContaining('10.0.0.70')]);
});

test('a local route inside a network that a tailscale peer routes is shadowed', () => {
  const router = { id: '1', name: 'router', addresses: ['100.64.0.1'], networks: ['10.0.0.0/24'], online: true, self: false };
  expect(classify(everyone, [router])).toContain('d1 shadowed 10.0.0.1');
  expect(classify(everyone, [{ ...router, self: true }])).toEqual(['d1 known 10.0.0.1', 'gateway known 10.0.0.254']);
});
