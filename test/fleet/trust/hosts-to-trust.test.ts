import { expect, test } from 'vitest';
import type { Project } from '../../../src/fleet/project/project.ts';
import { selectHostsToTrust } from '../../../src/fleet/trust/hosts-to-trust.ts';
import { hostKey, jumpOver, makeHost, makeInventory, pinnedHost } from '../inventory-hosts.ts';

const localhost = makeHost('localhost', { groups: [], routes: [{ kind: 'here' }] });
const hosts = [makeHost('behind', { routes: [jumpOver('gateway')] }), makeHost('gateway'), pinnedHost('old', [hostKey('k')]), localhost];
const project: Project = { dir: '/project', inventory: makeInventory(...hosts), pinsFile: '', runsDir: '' };
const names = (wanted: readonly string[], options = {}) => selectHostsToTrust(wanted, project, options).map(({ name }) => name);

test('without names these are the hosts that are not trusted, a jump host before what lies behind it', () => {
  expect(names([])).toEqual(['gateway', 'behind']);
});

test('a trusted host is trusted again only where it is named', () => {
  expect(names(['old'])).toEqual(['old']);
});

test('localhost needs no pin', () => {
  expect(() => names(['localhost'])).toThrow(expect.objectContaining({ code: 'SW1202' }));
});

test('a fingerprint is for one host', () => {
  expect(() => names([], { fingerprint: 'SHA256:x' })).toThrow(expect.objectContaining({ code: 'SW1202', hint: 'Name one host.' }));
  expect(names(['gateway'], { fingerprint: `SHA256:${'x'.repeat(43)}` })).toEqual(['gateway']);
});

test.each(['x', 'SHA256:x', `MD5:${'ab:'.repeat(15)}ab`, ''])('%j is no fingerprint', (fingerprint) => {
  expect(() => names(['gateway'], { fingerprint })).toThrow(expect.objectContaining({ code: 'SW1202' }));
});
