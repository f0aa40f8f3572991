import { expect, test } from 'vitest';
import type { ClientNeeds, WantedPackage } from '../../../src/builds/client/client-needs.ts';
import { explainClient } from '../../../src/builds/client/explain-client.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';

const name = 'app-misc/hello';
const wanted: WantedPackage = {
  ...{
    cpv: 'app-misc/hello-2.0',
    cp: name,
    slot: '0',
    sub_slot: '2',
    repo: 'gentoo',
    type: 'ebuild',
    use: [],
    iuse: [],
    needs: [],
    installed: null,
  },
  binaries: [{ cpv: 'app-misc/hello-2.0', slot: '0', masks: [], added: [], removed: ['gui'], built_against: [] }],
};
const needs = (packages: WantedPackage[], installed: string[] = []): ClientNeeds => ({
  ...{ portage: '3.0.77', binhost: null, world: [], toolchain: {}, cpuFlags: [] },
  installed: installed.map((cpv) => ({ cpv, slot: '0', sub_slot: '0', repo: 'gentoo', use: [] })),
  want: { success: true, status: 0, messages: '', packages },
  take: { success: true, status: 0, messages: '', packages: [] },
});
const ask = (given: ClientNeeds) => explainClient('c1' as HostName, name, given, { failures: [], held: [], moves: [] });

test.each([
  [
    needs([wanted]),
    'no: USE differs',
    'it wants app-misc/hello-2.0, and the client wants -gui. Give app-misc/hello the same flags in package.use of the target and of c1',
  ],
  [needs([{ ...wanted, type: 'binary' }]), 'yes: app-misc/hello-2.0', 'its Portage would install it from the binhost'],
  [needs([], ['app-misc/hello-2.0']), 'it has it: app-misc/hello-2.0', 'it is installed and current'],
  [needs([], ['app-misc/hello-world-2.0']), 'no', 'its Portage does not need it'],
])('why a client takes a package or not', (given, answer, because) => {
  expect(ask(given)).toEqual({ question: 'Does c1 take it?', answer, because });
});

test('what it would compile if it could, and takes from binaries alone, it takes', () => {
  const given = { ...needs([wanted]), take: { ...needs([]).take, packages: [{ ...wanted, type: 'binary' as const }] } };
  expect(ask(given)).toMatchObject({ answer: 'yes: app-misc/hello-2.0' });
});
