import { expect, test } from 'vitest';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import { readPackageName, selectWhyTargets } from '../../../src/fleet/why/ask-why.ts';
import { makeInventory } from '../inventory-hosts.ts';

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
