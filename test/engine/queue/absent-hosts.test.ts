import { expect, test } from 'vitest';
import type { Gone } from '../../../src/core/inventory/gone.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { Json } from '../../../src/core/json-value.ts';
import type { HostAbsence } from '../../../src/engine/host/host-absence.ts';
import { createFleet, memoryJournal, type TestFleet } from '../fleet.ts';
import { hostNamed, silent } from '../machine.ts';
import { plainState } from '../plain-state.ts';

const BUILD = `
plays:
  - name: Build
    hosts: drones
    queue: { items: packages, id: item, attempts: 1 }
    tasks: [{ name: build, build: "{{ item }}" }]
`;
const GONE: Gone = { since: '2026-01-01T00:00:00.000Z', reason: 'its board is dead' };
const build = (hosts: TestFleet, packages: readonly string[], extra: Parameters<TestFleet['run']>[1] = {}) =>
  hosts.run(BUILD, { ...extra, args: { packages: packages as unknown as Json } });

/** What people say of the hosts, while a run goes on. */
function watched(hosts: TestFleet, gone: Readonly<Record<string, Gone>> = {}) {
  let tell: (now: HostAbsence) => void = () => {};
  const now = (more: Readonly<Record<string, Gone>>, all: readonly Host[] = hosts.inventory.hosts): HostAbsence => ({
    hosts: all,
    gone: new Map(Object.entries(more)),
  });
  return {
    say: (more: Readonly<Record<string, Gone>>, all?: readonly Host[]) => tell(now(more, all)),
    watchHosts: (changed: (now: HostAbsence) => void) => {
      tell = changed;
      changed(now(gone));
      return () => {};
    },
  };
}

const startsOf = (events: Awaited<ReturnType<typeof build>>['events'], item: string): readonly string[] =>
  events.flatMap((event) => (event.type === 'item.started' && event.item === item ? [`${event.host} ${event.attempt}`] : []));

test('what a host has in hand when it goes is given to another host at once, and the run ends well', async () => {
  const hosts = createFleet('a', 'b');
  const people = watched(hosts);
  const a = hosts.machine('a');
  a.onJob = () => setImmediate(() => a.cut());
  const journal = memoryJournal();
  journal.on((event) => {
    if (event.type === 'host.lost') people.say({ a: GONE });
  });
  const { state, events, clock } = await build(hosts, ['x'], { journal, deps: people });
  expect(plainState(state)).toMatchObject({ status: 'ok', exit: 0, items: { x: { status: 'published', host: 'b' } }, errors: [] });
  expect(startsOf(events, 'x')).toEqual(['a 1', 'b 2']);
  expect(events.find((event) => event.type === 'item.failed')).toMatchObject({ blame: 'host', final: false, error: { code: 'SW3020' } });
  expect(clock.slept).toEqual([]);
});

test('a host that is given up while its connection stands is left, and its late result is dropped', async () => {
  const hosts = createFleet('a', 'b');
  const people = watched(hosts);
  const a = hosts.machine('a');
  a.onJob = () => setImmediate(() => people.say({ a: GONE }));
  hosts.machine('b').onJob = (id, b) => {
    for (const late of a.jobs.keys()) a.finish(late, 0);
    b.finish(id, 0);
  };
  const { state, events } = await build(hosts, ['x'], { deps: people });
  expect(plainState(state)).toMatchObject({ exit: 0, items: { x: { status: 'published', host: 'b' } } });
  expect(events.filter((event) => event.type === 'item.finished')).toHaveLength(1);
});

test('a run that was cut off is finished by others when the host of its item is gone, in the inventory or out of it', async () => {
  for (const left of ['in', 'out'] as const) {
    const before = createFleet('a', 'b');
    const stop = new AbortController();
    before.machine('a').onJob = () => setImmediate(() => stop.abort('SIGINT'));
    const journal = memoryJournal();
    await build(before, ['x', 'y'], { journal, deps: { signal: stop.signal } });
    expect(journal.state.items.get('x')).toMatchObject({ status: 'running', host: 'a' });
    const hosts = left === 'in' ? createFleet(hostNamed('a', { gone: GONE }), 'b') : createFleet('b');
    const { state } = await build(hosts, ['x', 'y'], { journal, deps: watched(hosts, { a: GONE }) });
    expect(plainState(state)).toMatchObject({ exit: 0, items: { x: { status: 'published', host: 'b' }, y: { status: 'published' } } });
    expect(hosts.machines.get('a')?.connects ?? 0).toBe(0);
  }
});

test('an item whose result is unknown goes to another host when its host is gone meanwhile', async () => {
  const before = createFleet('a', 'b');
  const stop = new AbortController();
  before.machine('a').onJob = () => setImmediate(() => stop.abort('SIGINT'));
  const journal = memoryJournal();
  await build(before, ['x'], { journal, deps: { signal: stop.signal } });
  const hosts = createFleet('a', 'b');
  hosts.machine('a').refusals.push(silent('a'));
  const people = watched(hosts);
  hosts.machine('b').onJob = (id, b) => {
    people.say({ a: GONE });
    b.finish(id, 0);
  };
  const { state } = await build(hosts, ['x', 'y'], { journal, deps: people });
  expect(plainState(state).items).toMatchObject({ x: { status: 'published', host: 'b' }, y: { status: 'published', host: 'b' } });
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] }); // nothing is unknown any more
});

test('a host that is blocked during a play gets no further task, and says why; what it did is not undone', async () => {
  const hosts = createFleet('a', 'b');
  const people = watched(hosts);
  const block = { reason: 'noise', until: '2027-01-01' };
  const blocked = hosts.inventory.hosts.map((host) => (host.name === 'a' ? { ...host, block } : host));
  hosts.machine('a').program = () => {
    people.say({}, blocked);
    return { exit: 0 };
  };
  const play = `plays: [{ name: Site, hosts: drones, tasks: [{ block: [{ name: one, command: x }, { name: two, command: x }], always: [{ name: last, command: x }] }] }]`;
  const { state, events, finished } = await hosts.run(play, { deps: people });
  expect(finished.filter((each) => each.startsWith('a '))).toEqual(['a one changed', 'a two refused']);
  expect(finished.filter((each) => each.startsWith('b '))).toEqual(['b one changed', 'b two changed', 'b last changed']);
  expect(state).toMatchObject({ exit: 7, errors: [{ code: 'SW3005', host: 'a', message: 'a is blocked until 2027-01-01: noise' }] });
  expect(events.some((event) => event.type === 'run.note' && event.text.includes('gets no more work in this run'))).toBe(true);
});

test('a host that is blocked during a run finishes what it has and gets nothing more, until the block ends', async () => {
  const hosts = createFleet('a', 'b');
  const people = watched(hosts);
  const block = { reason: 'noise', until: '2027-01-01' };
  const blocked = hosts.inventory.hosts.map((host) => (host.name === 'a' ? { ...host, block } : host));
  hosts.machine('a').onJob = (id, a) => {
    people.say({}, blocked);
    setImmediate(() => a.finish(id, 0));
  };
  const { state } = await build(hosts, ['1', '2', '3', '4'], { deps: people });
  expect(state.exit).toBe(0);
  expect(state.items.values().filter(({ host }) => host === 'a')).toHaveLength(1);
  expect(state.notes).toContain('a is blocked until 2027-01-01 (noise): it gets no more work in this run');
});

test('when all hosts are absent the run ends and says that no host can take the items', async () => {
  const hosts = createFleet('a');
  const people = watched(hosts);
  hosts.machine('a').onJob = () => setImmediate(() => people.say({ a: GONE }));
  const { state } = await build(hosts, ['x'], { deps: people });
  expect(plainState(state)).toMatchObject({ exit: 4, items: { x: { status: 'queued' } }, errors: [{ code: 'SW2001' }] });
});
