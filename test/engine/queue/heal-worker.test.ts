import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import type { HealRecord } from '../../../src/core/healing.ts';
import { DEFAULT_HEAL_WAIT_MS, HEAL_STEPS, type HealPlan } from '../../../src/core/inventory/heal.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { Json } from '../../../src/core/json-value.ts';
import { type AnyModule, type Change, defineModule } from '../../../src/core/module.ts';
import { z } from '../../../src/index.ts';
import { openHealLog } from '../../../src/journal/heal-log.ts';
import { folder } from '../../journal/temporary-folder.ts';
import { virtualClock } from '../clock.ts';
import { asHost, createFleet, fleetProbeOver, memoryHealing, memoryJournal, type TestFleet } from '../fleet.ts';
import { hostNamed, lost, type Machine } from '../machine.ts';
import { testModules } from '../modules.ts';

const BUILD = `
plays:
  - name: Build
    hosts: drones
    queue: { items: packages, id: item, attempts: 5 }
    tasks: [{ name: build, build: "{{ item }}" }]
`;
const PLAN: HealPlan = { steps: HEAL_STEPS, services: ['sshd', 'chronyd'], after: 3, waitMs: DEFAULT_HEAL_WAIT_MS };
const healed = (name: string, more: Partial<Host> = {}, steps = HEAL_STEPS as HealPlan['steps']): Host =>
  hostNamed(name, { heal: { ...PLAN, steps }, ...more });
const PACKAGES = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9'];

/** A step of healing as its module has it: a command on the machine. */
const step = (word: string, change: Partial<Change> = {}): AnyModule =>
  defineModule({
    summary: word,
    args: z.looseObject({}),
    example: '',
    async *run(_probe, args): AsyncGenerator<Change, Json, void> {
      const words = [word, ...(typeof args['name'] === 'string' ? [args['name']] : [])];
      yield {
        verb: 'run',
        subject: words.join(' '),
        ...change,
        apply: async (remote) => void (await remote.exec({ argv: words as never })),
      };
      return {};
    },
  });
const STEPS: Readonly<Record<string, AnyModule>> = {
  emerge_clean: step('clean'),
  service: step('restart'),
  reboot: step('reboot', { disruptive: true, restarts: true, automatic: true }),
};
const modules = { ...testModules, load: async (name: string) => STEPS[name] ?? testModules.load(name) };

/** Jobs on the ill machine fail with a full disk until `cure` is done there; a reboot is another boot. Gives what was done to each. */
function illness(hosts: TestFleet, ill: readonly string[], cure: (word: string) => boolean) {
  const done = new Map<string, string[]>();
  const sick = new Set(ill);
  for (const [name, machine] of hosts.machines) {
    done.set(name, []);
    machine.onJob = (id, there) => setImmediate(() => there.finish(id, sick.has(name) ? 28 : 0));
    machine.program = ({ argv }, there: Machine) => {
      const [word = ''] = argv;
      if (!['clean', 'restart', 'reboot'].includes(word)) return {};
      done.get(name)?.push(argv.join(' '));
      if (word === 'reboot') there.bootId = `${there.bootId}+`;
      if (cure(word)) sick.delete(name);
      return {};
    };
  }
  return done;
}

const STEP_LIMITS: readonly number[] = [30 * 60_000, 15 * 60_000];

/** Time as the steps see it: their limits do not pass, but for those that `passing` has. */
function stepClock(passing: readonly number[] = []) {
  const clock = virtualClock();
  const sleep: typeof clock.sleep = (ms, signal) =>
    STEP_LIMITS.includes(ms) && !passing.includes(ms)
      ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      : clock.sleep(ms, signal);
  return { ...clock, sleep };
}

const run = async (hosts: TestFleet, past: readonly HealRecord[] = [], packages: readonly string[] = PACKAGES) => {
  const healing = memoryHealing(past);
  const fleetProbe = fleetProbeOver(hosts.machine, { healing });
  const clock = stepClock();
  const result = await hosts.run(BUILD, {
    args: { packages: packages as unknown as Json },
    deps: { modules, fleetProbe, clock },
  });
  return { ...result, healing, clock };
};
const healEvents = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'heal.started') return [`${event.host} ${event.step}`];
    if (event.type === 'heal.finished') return [`${event.host} ${event.step} ${event.outcome}`];
    if (event.type === 'heal.skipped') return [`${event.host} not: ${event.because}`];
    if (event.type === 'host.setAside') return [`${event.host} aside`];
    return event.type === 'queue.paused' ? ['paused'] : event.type === 'queue.resumed' ? ['resumed'] : [];
  });

test('a drone is cleaned after three items in a row, proves itself, and gets items again', async () => {
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], (word) => word === 'clean');
  const { events, state, healing } = await run(hosts);
  expect(state).toMatchObject({ exit: 0, errors: [] });
  expect(healEvents(events)).toEqual(['a clean', 'a clean healed']);
  expect(done.get('a')).toEqual(['clean']);
  const end = events.findIndex(({ type }) => type === 'heal.finished');
  expect(events.slice(end).some((event) => event.type === 'item.finished' && event.host === 'a')).toBe(true);
  const begin = events.findIndex(({ type }) => type === 'heal.started');
  expect(events.slice(begin, end).some((event) => event.type === 'item.started' && event.host === 'a')).toBe(false);
  expect(events.slice(begin, end).map(({ type }) => type)).toContain('guard.passed');
  expect(healing.all).toMatchObject([{ host: 'a', step: 'clean', outcome: 'healed' }]);
  expect(state.healing).toMatchObject([{ host: 'a', step: 'clean', status: 'healed' }]);
});

test('when cleaning does not help its services are restarted, then it is rebooted; then it is set aside', async () => {
  const packages = Array.from({ length: 40 }, (_, index) => `q${index}`);
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], () => false);
  const { events, state } = await run(hosts, [], packages);
  expect(state.exit).toBe(0);
  expect(done.get('a')).toEqual(['clean', 'restart sshd', 'restart chronyd', 'reboot']);
  expect(healEvents(events).filter((each) => !/paused|resumed/.test(each))).toEqual([
    ...['a clean', 'a clean healed', 'a restart', 'a restart healed', 'a reboot', 'a reboot healed'],
    'a not: clean, restart, reboot: each was tried in its waiting time',
    'a aside',
  ]);
  expect(state.items.values().every(({ status }) => status === 'published')).toBe(true);
});

test('a second run within the waiting time does not repeat a step', async () => {
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  illness(hosts, ['a'], (word) => word === 'clean');
  const { healing } = await run(hosts);
  const again = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(again, ['a'], () => true);
  await run(again, healing.all);
  expect(done.get('a')).toEqual(['restart sshd', 'restart chronyd']);
});

test('a step that hangs ends after its time, and the next one is done', async () => {
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], (word) => word === 'reboot');
  const service = defineModule({
    summary: 'hangs',
    args: z.looseObject({}),
    example: '',
    async *run(): AsyncGenerator<Change, Json, void> {
      yield { verb: 'run', subject: 'restart', apply: () => new Promise<void>(() => undefined) };
      return {};
    },
  });
  const hanging = { ...modules, load: async (name: string) => (name === 'service' ? service : modules.load(name)) };
  const { state, events } = await hosts.run(BUILD, {
    args: { packages: Array.from({ length: 40 }, (_, index) => `q${index}`) },
    deps: { modules: hanging, clock: stepClock([15 * 60_000]), fleetProbe: fleetProbeOver(hosts.machine, { healing: memoryHealing([]) }) },
  });
  expect(state.exit).toBe(0);
  expect(healEvents(events)).toContain('a restart failed');
  expect(done.get('a')).toEqual(['clean', 'reboot']);
});

test('without heal nothing is done', async () => {
  const hosts = createFleet('a', 'b', 'c');
  const done = illness(hosts, ['a'], () => true);
  const { events, state } = await run(hosts);
  expect(state.exit).toBe(0);
  expect(done.get('a')).toEqual([]);
  expect(healEvents(events)).toEqual(['a aside']);
});

describe('never', () => {
  test.each([
    ['a protected host', { protected: true }, /^it is protected/],
    ['a jump host', { protected: true, protection: 'a jump host' }, /a jump host/],
  ] as const)('%s', async (_, more, why) => {
    const hosts = createFleet(healed('a', more), healed('b'), healed('c'));
    const done = illness(hosts, ['a'], () => true);
    const { events, state } = await run(hosts);
    expect(done.get('a')).toEqual([]);
    expect(healEvents(events)).toEqual([expect.stringMatching(/^a not: /), 'a aside']);
    expect(state.notes.join()).toMatch(new RegExp(why.source.replace('^', 'a is not healed: ')));
  });

  test('a host through which another one is reached, though its protection is lifted', async () => {
    const behind = hostNamed('d', { groups: ['clients'], routes: [{ kind: 'jump', via: 'a' as never, address: 'd', port: 22 }] });
    const hosts = createFleet(healed('a', { protection: 'lifted' }), healed('b'), healed('c'), behind);
    const done = illness(hosts, ['a'], () => true);
    const { state } = await run(hosts);
    expect(done.get('a')).toEqual([]);
    expect(state.notes.join()).toContain('d is reached through it');
  });

  test('in a run with two drones, which says so', async () => {
    const hosts = createFleet(healed('a'), healed('b'));
    const done = illness(hosts, ['a'], () => true);
    const { state } = await run(hosts);
    expect(done.get('a')).toEqual([]);
    expect(state.notes.join()).toContain('healing needs a run with at least 3 drones, and this one has 2');
  });

  test('a host that answers as another machine, or whose route leads to one', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, ['a'], () => true);
    const fleetProbe = fleetProbeOver(hosts.machine, {
      verifyRoutes: async (host) =>
        host.routes.map((route) => ({ host: host.name, user: 'root', route, status: 'misdirected', machine: asHost('gate'), ms: 1 })),
    });
    const { events, state } = await hosts.run(BUILD, { args: { packages: PACKAGES }, deps: { modules, fleetProbe, clock: stepClock() } });
    expect([...done.values()].flat()).toEqual([]);
    expect(healEvents(events)).toEqual(['a clean', 'a clean refused', 'a aside']);
    expect(state.exit).toBe(0); // the items were built
  });

  test('for failures of the packages themselves', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, [], () => true);
    for (const machine of hosts.machines.values()) machine.onJob = (id, there) => there.finish(id, 1);
    const { events } = await run(hosts);
    expect([...done.values()].flat()).toEqual([]);
    expect(healEvents(events)).toEqual([]);
  });
});

test.each(HEAL_STEPS)('a host that is refused after the step %s counts as not healed by it, and the step is not repeated', async (word) => {
  const hosts = createFleet(healed('a', {}, [word, 'reboot']), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], (each) => {
    if (each === word) hosts.machine('a').refusals.push(...Array.from({ length: 20 }, () => new SwarmError('SW3001', 'another key')));

    return false;
  });
  const { events, healing } = await run(hosts);
  expect(healEvents(events)).toEqual([`a ${word}`, `a ${word} failed`, 'a aside']);
  expect(events.find(({ type }) => type === 'host.setAside')).toMatchObject({ because: expect.stringContaining(`after the step ${word}`) });
  expect(healing.all).toMatchObject([{ host: 'a', step: word, outcome: 'failed' }]);
  expect(new Set(done.get('a')?.map((words) => words.split(' ')[0]))).toEqual(new Set([word]));
});

test.each([
  ['clean', ['a clean', 'a clean failed', 'a restart', 'a restart healed', 'a reboot', 'a reboot healed']],
  ['restart sshd', ['a clean', 'a clean healed', 'a restart', 'a restart failed', 'a reboot', 'a reboot healed']],
])('where %s cuts the connection, the next step follows when the drone is back', async (cutting, steps) => {
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], (word) => word === 'reboot');
  const a = hosts.machine('a');
  const program = a.program;
  let isCut = false;
  a.program = (command, there) => {
    const result = program?.(command, there) ?? {};
    if (isCut || command.argv.join(' ') !== cutting) return result;
    isCut = true;
    throw lost('a');
  };
  const { events, state } = await run(hosts, [], [...PACKAGES, 'p10', 'p11', 'p12', 'p13', 'p14']);
  expect(isCut).toBe(true);
  expect(healEvents(events)).toEqual(steps);
  expect(done.get('a')?.at(-1)).toBe('reboot');
  expect(events.filter(({ type }) => type === 'host.unreachable')).toEqual([]);
  expect(state).toMatchObject({ exit: 0, errors: [] });
});

test('after a reboot that brings back the same boot, or no answer, the drone gets no items', async () => {
  const hosts = createFleet(healed('a', {}, ['reboot']), healed('b'), healed('c'));
  illness(hosts, ['a'], () => true);
  const machine = hosts.machine('a');
  machine.program = () => ({});
  const { events } = await run(hosts);
  expect(healEvents(events)).toEqual(['a reboot', 'a reboot failed', 'a not: reboot: each was tried in its waiting time', 'a aside']);
});

describe('a cause that all drones share', () => {
  test('pauses the queue, blames and heals nobody, and the queue goes on by itself', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, ['a', 'b', 'c'], () => false);
    let ends = 0;
    for (const machine of hosts.machines.values())
      machine.onJob = (id, there) => setImmediate(() => there.finish(id, ++ends <= 7 ? 28 : 0));
    const { events, state, clock } = await run(hosts);
    expect([...done.values()].flat()).toEqual([]);
    expect(healEvents(events)).toContain('paused');
    expect(healEvents(events)).toContain('resumed');
    expect(healEvents(events).filter((each) => !/paused|resumed/.test(each))).toEqual([]);
    expect(state).toMatchObject({ exit: 0, errors: [] });
    expect(clock.slept.slice(0, 2)).toEqual([300_000, 600_000]);
    const blamed = events.flatMap((event) => (event.type === 'item.failed' && event.blame === 'host' ? [event.host] : []));
    expect(blamed.length).toBe(1); // the first one, before another drone failed too
  });

  test('what failed before the pause counts against nobody: an ill drone is healed later, and not set aside before', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, ['a'], (word) => word === 'clean');
    let hasFailed = false;
    const waiting: (() => void)[] = [];
    hosts.machine('b').onJob = (id, there) =>
      setImmediate(() => {
        there.finish(id, hasFailed ? 0 : 28);
        hasFailed = true;
      });
    hosts.machine('c').onJob = (id, there) => void waiting.push(() => there.finish(id, 0));
    const journal = memoryJournal();
    journal.on(({ type }) => {
      if (type === 'queue.paused' || type === 'queue.resumed')
        hosts.machine('c').onJob = (id, there) => setImmediate(() => there.finish(id, 0));
      if (type === 'queue.paused') for (const finish of waiting.splice(0)) setImmediate(finish);
    });
    const { events } = await hosts.run(BUILD, {
      args: { packages: Array.from({ length: 40 }, (_, index) => `q${index}`) },
      deps: { modules, clock: stepClock(), fleetProbe: fleetProbeOver(hosts.machine, { healing: memoryHealing([]) }) },
      journal,
    });
    expect(healEvents(events)).toEqual(expect.arrayContaining(['paused', 'resumed', 'a clean', 'a clean healed']));
    expect(healEvents(events)).not.toContain('a aside');
    expect(done.get('a')).toEqual(['clean']);
  });

  test('a link of this machine that is lost heals nobody', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, [], () => true);
    let cuts = 0;
    for (const machine of hosts.machines.values()) {
      const program = machine.program;
      machine.program = (command, there) => {
        if (++cuts <= 12) throw lost(there.host.name);
        return program(command, there);
      };
    }
    const yaml = BUILD.replace('build: "{{ item }}"', 'command: "true"');
    const fleetProbe = fleetProbeOver(hosts.machine);
    const { events } = await hosts.run(yaml, { args: { packages: PACKAGES }, deps: { modules, fleetProbe, clock: stepClock() } });
    expect([...done.values()].flat()).toEqual([]);
    expect(healEvents(events).filter((each) => !/paused|resumed/.test(each))).toEqual([]);
  });

  test('after twelve hours without a finished item the queue stops', async () => {
    const hosts = createFleet(healed('a'), healed('b'), healed('c'));
    const done = illness(hosts, ['a', 'b', 'c'], () => false);
    const { state } = await run(hosts);
    expect([...done.values()].flat()).toEqual([]);
    expect(state).toMatchObject({ exit: 7, errors: [{ code: 'SW3008' }] });
  });
});

test('nothing is healed while the record of past healings is damaged, and one message says how to repair it', async () => {
  using place = folder();
  writeFileSync(join(place.path, 'healing.json'), '[{"host":"a","step":"rebo');
  const hosts = createFleet(healed('a'), healed('b'), healed('c'));
  const done = illness(hosts, ['a'], () => true);
  const fleetProbe = fleetProbeOver(hosts.machine, { healing: openHealLog(place.path) });
  const { events } = await hosts.run(BUILD, {
    args: { packages: PACKAGES as unknown as Json },
    deps: { modules, fleetProbe, clock: stepClock() },
  });
  expect(done.get('a')).toEqual([]);
  const skipped = events.flatMap((event) => (event.type === 'heal.skipped' ? [event.because] : []));
  expect(skipped).toEqual([expect.stringMatching(/healing\.json is damaged\. .*no host is healed.*remove the file/)]);
});
