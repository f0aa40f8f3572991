import { expect, test } from 'vitest';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import { readPackageName, selectWhyTargets, withUsableDrones } from '../../../src/fleet/why/ask-why.ts';
import { makeHost, makeInventory } from '../inventory-hosts.ts';

const desktop = { ...defaultTarget({ path: '/srv/a' }), name: 'desktop', clients: ['alpha' as HostName] };
const server = { ...defaultTarget({ path: '/srv/b' }), name: 'server', clients: ['beta' as HostName] };
const inventory = { ...makeInventory(), targets: [desktop, server] as const };
const names = (scope: Parameters<typeof selectWhyTargets>[1]) => selectWhyTargets(inventory, scope).map(({ name }) => name);

test('all targets are asked, or the named one, or those of the client', () => {
  expect([names({}), names({ target: 'server' }), names({ for: 'alpha' })]).toEqual([['desktop', 'server'], ['server'], ['desktop']]);
  expect(() => names({ target: 'sever' })).toThrow(expect.objectContaining({ code: 'SW1203' }));
  expect(() => names({ for: 'nope' })).toThrow(expect.objectContaining({ code: 'SW1203', hint: 'Use one of: alpha, beta' }));
  expect(() => names({ for: 'beta', target: 'desktop' })).toThrow(expect.objectContaining({ hint: 'Name its target: --target server' }));
});

test('the question is about one package', () => {
  expect([readPackageName('app-misc/jq'), readPackageName('=app-misc/jq-1.7')]).toEqual(['app-misc/jq', 'app-misc/jq']);
  for (const wrong of ['@world', '!app-misc/jq']) expect(() => readPackageName(wrong)).toThrow(expect.objectContaining({ code: 'SW1201' }));
});

test('a drone that is blocked is not asked, and a target without drones is an error with the command to type', () => {
  const block = { reason: 'disk', until: '2030-01-01', since: '2026-01-01' };
  const hosts = [makeHost('tarn'), { ...makeHost('izar'), block }];
  const drones = { ...desktop, hosts: hosts.map(({ name }) => name) };
  const now = Date.parse('2026-06-01');
  const known = makeInventory(...hosts);
  expect(withUsableDrones(drones, known, now).hosts).toEqual(['tarn']);
  expect(() => withUsableDrones({ ...drones, hosts: ['izar' as HostName] }, known, now)).toThrow(
    expect.objectContaining({ code: 'SW1204', hint: 'To use a host again, run: swarm hosts unblock izar' }),
  );
  expect(() => withUsableDrones(desktop, known, now)).toThrow(
    expect.objectContaining({ code: 'SW1204', hint: expect.stringContaining('swarm hosts discover') }),
  );
});
