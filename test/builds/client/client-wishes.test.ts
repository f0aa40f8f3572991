import { describe, expect, test } from 'vitest';
import type { WantedPackage } from '../../../src/builds/client/client-needs.ts';
import { type AskedClient, askClients, describeOtherFlags, listWishes, selectClients } from '../../../src/builds/client/client-wishes.ts';
import { describeOlderClients } from '../../../src/builds/client/older-client.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import type { Notice, Probe } from '../../../src/core/module.ts';
import type { PlanItem } from '../../../src/gentoo/plan/build-plan.ts';

const [c1, c2, c3] = ['c1', 'c2', 'c3'] as [HostName, HostName, HostName];
const desktop = { ...defaultTarget({ path: '/b/desktop' }), name: 'desktop', clients: [c1, c2] };
const server = { ...defaultTarget({ path: '/b/server' }), name: 'server', clients: [c3] };
const chosen = (...names: string[]) => [...selectClients([desktop, server], names)].map(([{ name }, clients]) => [name, ...clients]);

describe('clients by name', () => {
  test('all are those of every target; a name is one of them', () => {
    expect(chosen('all')).toEqual([
      ['desktop', 'c1', 'c2'],
      ['server', 'c3'],
    ]);
    expect(chosen('c2')).toEqual([['desktop', 'c2']]);
  });

  test('a host that is not a client is refused, with the nearest client', () => {
    expect(() => chosen('c4')).toThrow(
      expect.objectContaining({ code: 'SW1203', message: 'no client is called c4', hint: 'Did you mean c1?' }),
    );
    expect(() => selectClients([], ['all'])).toThrow(expect.objectContaining({ code: 'SW1203' }));
  });
});

const hello: WantedPackage = {
  ...{ cpv: 'app-misc/hello-2.0', cp: 'app-misc/hello', slot: '0', sub_slot: '0', repo: 'gentoo', type: 'ebuild' },
  ...{ use: ['gui'], iuse: ['doc', 'gui'], installed: null, needs: [], binaries: [] },
};
const asked = (client: HostName, world: string[], packages: WantedPackage[]): AskedClient => ({
  client,
  target: 'desktop',
  needs: {
    ...{ portage: '3.0.77', binhost: null, world, installed: [], toolchain: {}, cpuFlags: [] },
    want: { success: true, status: 0, messages: '', packages },
    take: { success: true, status: 0, messages: '', packages: [] },
  },
});

describe('what clients want', () => {
  test('is their world and what they would compile, each once; a client without an answer wants nothing', () => {
    const binary: WantedPackage = { ...hello, cp: 'app-misc/other', type: 'binary' };
    const all = [
      asked(c1, ['app-misc/a'], [hello, binary]),
      { client: c2, target: 'desktop', because: 'down' },
      asked(c3, ['app-misc/a'], []),
    ];
    expect(listWishes(all)).toEqual([
      { client: c1, atom: 'app-misc/a' },
      { client: c1, atom: 'app-misc/hello:0' },
    ]);
  });

  test('other flags than those that are built are reported', () => {
    const item = { cpv: 'app-misc/hello-2.0', use: ['doc'] } as unknown as PlanItem;
    expect(describeOtherFlags([asked(c1, [], [hello])], [item])).toEqual([
      'c1 will not take app-misc/hello-2.0 of desktop: it wants +gui -doc',
    ]);
  });
});

test('a client with an older gcc than the drones is told, unless it gets a newer one', () => {
  const older = asked(c1, [], []);
  const has = { ...older, needs: { ...older.needs, toolchain: { gcc: '14', glibc: '2.41' } } } as AskedClient;
  const toolchain = { gcc: '15', glibc: '2.41' };
  expect(describeOlderClients([has], toolchain)).toEqual([
    'c1 has gcc 14, and the drones of desktop compile with 15: an update leaves out what needs the newer libstdc++. Update sys-devel/gcc on c1',
  ]);
  const packages = [{ ...hello, cp: 'sys-devel/gcc', cpv: 'sys-devel/gcc-15.2.0' }];
  const gets = { ...has, needs: { ...has.needs, take: { ...older.needs?.take, packages } } } as AskedClient;
  expect(describeOlderClients([gets, { client: c2, target: 'desktop', because: 'down' }], toolchain)).toEqual([]);
});

test('a client that does not answer is an event with its error; the others are asked', async () => {
  const notices: Notice[] = [];
  const probe = {
    signal: new AbortController().signal,
    emit: (notice: Notice) => void notices.push(notice),
    onHost: async (name: string) => {
      if (name === 'c1') throw new SwarmError('SW2001', 'no route works');
      return { host: { name }, query: async () => ({ stdout: JSON.stringify(asked(c2, [], []).needs), stderr: '', exit: 0 }) };
    },
  } as unknown as Probe;
  expect(await askClients(probe, desktop, [c1, c2])).toMatchObject([
    { client: 'c1', because: 'no route works' },
    { client: 'c2', needs: {} },
  ]);
  const error = {
    code: 'SW2001',
    message: 'nothing is built for it: no route works',
    hint: 'To try every route, run: swarm hosts verify c1',
  };
  expect(notices).toEqual([{ type: 'client.failed', client: 'c1', target: 'desktop', error: expect.objectContaining(error) as unknown }]);
});
