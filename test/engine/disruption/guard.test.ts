import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { asHost, createFleet, memoryJournal, type TestFleet } from '../fleet.ts';
import { hostNamed, keyOf } from '../machine.ts';

const PLAY = 'plays: [{ hosts: drones, tasks: [{ name: boom, explode: {} }] }]';
const explode = (hosts: TestFleet, extra: Parameters<TestFleet['run']>[1] = {}) => hosts.run(PLAY, extra);
const happened = (hosts: TestFleet, name: string): boolean => hosts.machine(name).rights.length > 0;

test('a proven machine that is not protected and has no job may be rebooted', async () => {
  const hosts = createFleet('a');
  expect((await explode(hosts)).finished).toEqual(['a boom changed']);
  expect(happened(hosts, 'a')).toBe(true);
});

test('a protected host is refused, and only --allow-protected with its exact name allows it', async () => {
  const hosts = createFleet(hostNamed('a', { protected: true }), 'b');
  const { state, finished } = await explode(hosts);
  expect([...finished].sort()).toEqual(['a boom refused', 'b boom changed']);
  expect(state.errors).toMatchObject([{ code: 'SW3002', host: 'a' }]);
  expect(state.exit).toBe(7);
  expect(happened(hosts, 'a')).toBe(false);
  expect((await explode(hosts, { options: { allowProtected: asHost('b') } })).finished).toContain('a boom refused');
  expect((await explode(hosts, { options: { allowProtected: asHost('a') } })).finished).toContain('a boom changed');
});

test('a protected machine is refused under any name', async () => {
  const byId = createFleet('a', hostNamed('gateway', { groups: [], protected: true, identity: { hostKeys: [], machineId: 'id-of-a' } }));
  const { state } = await explode(byId);
  expect(state.errors[0]).toMatchObject({ code: 'SW3002', message: expect.stringContaining('gateway') });
  const byKey = createFleet(
    'a',
    hostNamed('gateway', { groups: [], protected: true, identity: { hostKeys: [{ type: 'ssh-ed25519', blob: keyOf('a') }] } }),
  );
  expect((await explode(byKey)).state.errors[0]).toMatchObject({ code: 'SW3002' });
});

test('this machine is protected, over ssh too', async () => {
  const hosts = createFleet('a');
  hosts.machine('localhost').machineId = 'id-of-a';
  expect((await explode(hosts)).state.errors[0]).toMatchObject({ code: 'SW3002', message: expect.stringContaining('localhost') });
});

test('nothing disruptive while a route of the host leads to another machine', async () => {
  const hosts = createFleet('a');
  const journal = memoryJournal();
  const misdirected: RunEventData = {
    type: 'route.setAside',
    host: 'a',
    route: 'local 10.42.0.199:22',
    status: 'misdirected',
    machine: 'gateway',
    error: { code: 'SW3001', message: 'another machine' },
  };
  const { state } = await explode(hosts, {
    journal,
    deps: {
      connect: (host, signal) => {
        if (host.name === 'a') journal.emit(misdirected);
        return hosts.machine(host.name).connect(signal);
      },
    },
  });
  expect(state.errors[0]).toMatchObject({ code: 'SW3001', message: expect.stringContaining('gateway') });
  expect(happened(hosts, 'a')).toBe(false);
});

test('nothing disruptive while a job of any run runs on the host', async () => {
  const hosts = createFleet('a');
  const job = { command: { argv: ['make'] as [string] }, output: '', status: 'running' as const, exit: 0, waiters: [] };
  hosts.machine('a').jobs.set('other-run', job);
  expect((await explode(hosts)).state.errors[0]).toMatchObject({ code: 'SW3006', message: expect.stringContaining('other-run') });
  hosts.machine('a').finish('other-run', 0);
  expect((await explode(hosts)).finished).toEqual(['a boom changed']);
});

test('a machine that restarted after its proof is refused', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').looked.push = () => {
    hosts.machine('a').bootId = 'boot-2';
    return 0;
  };
  expect((await explode(hosts)).state.errors[0]).toMatchObject({ code: 'SW3006' });
  expect(happened(hosts, 'a')).toBe(false);
});

test('a host without a pinned identity is refused', async () => {
  const { identity: _, ...unpinned } = hostNamed('a');
  expect((await explode(createFleet(unpinned))).state.errors[0]).toMatchObject({ code: 'SW3006' });
});

test('one disruption in the fleet at a time', async () => {
  const names = ['a', 'b', 'c'];
  const hosts = createFleet(...names);
  let now = 0;
  let most = 0;
  for (const name of names) {
    hosts.machine(name).program = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return {};
    };
  }
  expect((await explode(hosts)).finished).toHaveLength(3);
  expect(most).toBe(1);
});
