import PQueue from 'p-queue';
import { expect, test } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import { wallClock } from '../../../src/engine/clock.ts';
import { createHostLink } from '../../../src/engine/host/host-link.ts';
import { createFleet } from '../fleet.ts';
import { hostNamed, lost, silent } from '../machine.ts';
import { testModules } from '../modules.ts';
import { plainState } from '../plain-state.ts';

const play = (task: string): string => `plays: [{ hosts: drones, tasks: [${task}] }]`;

test('a read is repeated over a new connection when the first is lost, and the module does not notice', async () => {
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  let cut = false;
  machine.looked.push = () => {
    if (!cut) {
      cut = true;
      machine.cut();
    }
    return 0;
  };
  const { finished, events } = await hosts.run(play('{ name: put, put: { path: /x, content: y } }'));
  expect(finished).toEqual(['a put changed']);
  expect(machine.connects).toBe(2);
  expect(events.flatMap(({ type }) => (type.startsWith('host.') ? [type] : []))).toEqual(['host.connected', 'host.lost', 'host.connected']);
});

test('a command whose answer was lost is unknown: unreachable, never sent again', async () => {
  const hosts = createFleet('a', 'b');
  const machine = hosts.machine('a');
  let calls = 0;
  machine.program = () => {
    calls += 1;
    machine.cut();
    return {};
  };
  const { finished, state } = await hosts.run(play('{ name: run, command: x, retries: 3, delay: 1 }, { name: next, say: 1 }'));
  expect(calls).toBe(1);
  expect(finished.filter((each) => each.startsWith('a'))).toEqual(['a run unreachable']);
  expect(finished).toContain('b next ok');
  expect(state).toMatchObject({ exit: 4 });
  expect(state.errors).toMatchObject([{ code: 'SW2005', host: 'a' }]);
});

test('another machine after a reconnect gets no command', async () => {
  const { SwarmError } = await import('../../../src/core/error/swarm-error.ts');
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  machine.program = () => {
    machine.cut();
    machine.refusals.push(new SwarmError('SW2003', 'the host key changed'));
    throw lost('a');
  };
  const { state } = await hosts.run(play('{ command: x, ignore_errors: true }, { put: { path: /x, content: y } }'));
  expect(machine.done).toEqual([]);
  expect(state.exit).toBe(4);
});

test('hosts that no task touches are not connected', async () => {
  const hosts = createFleet('a', hostNamed('b', { groups: ['others'] }));
  await hosts.run(play('{ say: 1, tags: never }'));
  expect(hosts.machine('a').connects).toBe(0);
  await hosts.run(play('{ say: 1 }'));
  expect(hosts.machine('a').connects).toBe(1);
  expect(hosts.machine('b').connects).toBe(0);
});

test('a play that runs once connects to the first host that answers', async () => {
  const hosts = createFleet('a', 'b', 'c');
  hosts.machine('a').refusals.push(silent('a'));
  const { finished } = await hosts.run('plays: [{ hosts: drones, run_once: true, tasks: [{ name: plan, say: 1 }] }]');
  expect(finished).toEqual(['b plan ok']);
  expect(hosts.machine('c').connects).toBe(0);
});

test('another host of the inventory is reached over a connection of its own, which later tasks share', async () => {
  const hosts = createFleet('a', 'b', hostNamed('store', { groups: [] }));
  hosts.machine('store').files.set('/etc/motd', 'hello');
  const { events } = await hosts.run(play('{ ask: { host: store, path: /etc/motd } }, { ask: { host: store, path: /etc/motd } }'));
  expect(events.flatMap((event) => (event.type === 'task.finished' ? [(event.result as { text: string }).text] : []))).toEqual([
    'hello',
    'hello',
    'hello',
    'hello',
  ]);
  expect(hosts.machine('store').connects).toBe(1);
});

test('a host that does not answer at once gives its place to the next one, whatever the number of forks', async () => {
  const hosts = createFleet('a', 'b');
  const answered = new Promise<void>((resolve) => {
    hosts.machine('b').program = () => {
      resolve();
      return {};
    };
  });
  const { state } = await hosts.run(play('{ command: x }'), {
    options: { forks: 1 },
    deps: {
      connect: async (host, signal) => {
        if (host.name === 'a') {
          await answered; // packets are lost until then
          throw silent('a');
        }
        return hosts.machine(host.name).connect(signal);
      },
    },
  });
  expect(plainState(state).hosts).toMatchObject({ a: { phase: 'unreachable' }, b: { tally: { changed: 1 } } });
});

test('a renewed link: what comes after uses the new connection, the old one is not a loss, and both end with the run', async () => {
  const signal = new AbortController().signal;
  const emitted: string[] = [];
  const opened: { closed: boolean; readonly end: (reason: Error) => void }[] = [];
  const link = createHostLink(hostNamed('a'), {
    connect: async (host) => {
      let end: (reason: Error) => void = () => undefined;
      const closed = new Promise<Error>((resolve) => {
        end = resolve;
      });
      const entry = { closed: false, end };
      opened.push(entry);
      const dispose = async (): Promise<void> => {
        entry.closed = true;
      };
      const proof = { bootId: '', initStart: '' };
      return { host, route: host.routes[0], proof, facts: {}, closed, [Symbol.asyncDispose]: dispose } as unknown as Connection;
    },
    emit: ({ type }) => void emitted.push(type),
    clock: wallClock,
    signal,
    connectPool: new PQueue({ concurrency: 1 }),
  });
  const first = await link.connect(signal);
  await link.renew(signal);
  const second = await link.connect(signal);
  expect([second === first, opened.map(({ closed }) => closed)]).toEqual([false, [false, false]]);
  opened[0]?.end(new Error('lost'));
  await new Promise((done) => setImmediate(done));
  expect([await link.connect(signal), emitted]).toEqual([second, ['host.connected', 'host.connected']]);
  await link.close();
  expect(opened.map(({ closed }) => closed)).toEqual([true, true]);
});

test('waiting for a host: a delay and a fixed time between two tries; a check that gets no answer does not know', async () => {
  const { default: waitForConnection } = await import('../../../modules/flow/wait_for_connection.ts');
  const source = {
    ...testModules,
    names: [...testModules.names, 'wait_for_connection'],
    load: async (name: string) => (name === 'wait_for_connection' ? waitForConnection : testModules.load(name)),
  };
  const run = async (check: boolean) => {
    const hosts = createFleet('a');
    const machine = hosts.machine('a');
    machine.program = (command) => {
      if (command.argv[0] === 'true') return {};
      machine.cut();
      machine.refusals.push(silent('a'), silent('a'), silent('a'));
      return {};
    };
    const yaml = play(
      '{ command: x, ignore_unreachable: true, check_mode: false }, { name: wait, wait_for_connection: { delay: 5, sleep: 7 } }',
    );
    return hosts.run(yaml, { options: { check }, deps: { modules: source } });
  };
  const { finished, clock } = await run(false);
  expect(finished.at(-1)).toBe('a wait ok');
  expect(clock.slept).toEqual([5000, 7000, 7000, 7000]);
  expect((await run(true)).finished.at(-1)).toBe('a wait unknown');
});
