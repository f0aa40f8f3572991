import { expect, test } from 'vitest';
import { leaveOutBlocked, withDefaultBecome } from '../../../src/fleet/runs/exec-hosts.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const free = makeHost('free');
const blocked = makeHost('d1', { block: { reason: 'disk', until: '2026-12-02' } });

test('a blocked host of a group is left out; a block that has ended does not count', () => {
  expect(leaveOutBlocked([free, blocked], 'drones', now)).toEqual({ hosts: [free], blocked: [blocked] });
  const over = makeHost('d2', { block: { reason: 'disk', until: '2026-12-01' } });
  expect(leaveOutBlocked([free, over], 'drones', now).blocked).toEqual([]);
});

test.each([
  ['is named', [free, blocked], 'free,d1'],
  ['is the only one', [blocked], 'drones'],
])('a blocked host that %s is refused', (_, hosts, pattern) => {
  expect(() => leaveOutBlocked(hosts, pattern, now)).toThrow(expect.objectContaining({ code: 'SW3005', host: 'd1' }));
});

test('-b becomes root with the method of the host, else with sudo, where the inventory has no become', () => {
  const su = makeHost('d4', { login: { user: 'me', keys: [], becomeMethod: 'su' } });
  const doas = makeHost('d3', { login: { user: 'me', keys: [], become: { method: 'doas', user: 'build' } } });
  expect(withDefaultBecome(makeInventory(free, doas, su)).hosts.map(({ login }) => login.become)).toEqual([
    { method: 'sudo', user: 'root' },
    { method: 'doas', user: 'build' },
    { method: 'su', user: 'root' },
  ]);
});
