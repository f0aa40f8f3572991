import { expect, test } from 'vitest';
import { onAbort } from '../../../src/core/abort.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { RunDeps } from '../../../src/engine/run-deps.ts';
import { createFleet, memoryJournal } from '../fleet.ts';
import { hostNamed, silent } from '../machine.ts';
import { plainState } from '../plain-state.ts';

test('each task runs on all hosts before the next starts', async () => {
  const { finished, state } = await createFleet('a', 'b', 'c').run(`
plays:
  - name: Two
    hosts: drones
    tasks:
      - { name: one, put: { path: /one, content: x } }
      - { name: two, put: { path: /two, content: x } }
`);
  expect(finished.slice(0, 3).map((each) => each.split(' ')[1])).toEqual(['one', 'one', 'one']);
  expect(finished.slice(3).sort()).toEqual(['a two changed', 'b two changed', 'c two changed']);
  expect(state).toMatchObject({ status: 'ok', exit: 0 });
});

test('in the first task no host waits until another one has connected', async () => {
  const hosts = createFleet('a', 'b');
  const journal = memoryJournal();
  const bDone = new Promise<void>((resolve) => journal.on((event) => void (event.type === 'task.finished' && resolve())));
  const connect: RunDeps['connect'] = async (host, signal) => {
    if (host.name === 'a') await bDone;
    return hosts.machine(host.name).connect(signal);
  };
  const { finished, state } = await hosts.run(
    `
plays:
  - hosts: drones
    tasks:
      - { name: one, put: { path: /one, content: x } }
      - { name: two, put: { path: /two, content: x } }
`,
    { journal, deps: { connect } },
  );
  expect(finished).toEqual(['b one changed', 'a one changed', 'a two changed', 'b two changed']);
  expect(state.exit).toBe(0);
});

test('a second run changes nothing', async () => {
  const hosts = createFleet('a', 'b');
  const playbook = `
plays:
  - hosts: all
    tasks: [{ put: { path: /etc/x, content: "for {{ inventory_hostname }}" } }]
`;
  expect((await hosts.run(playbook)).finished).toEqual(['a put changed', 'b put changed']);
  expect((await hosts.run(playbook)).finished).toEqual(['a put ok', 'b put ok']);
  expect(hosts.machine('b').files.get('/etc/x')).toBe('for b');
});

test('a host that failed runs no further tasks, others continue, and the run reports the failure', async () => {
  const hosts = createFleet('a', 'b');
  hosts.machine('a').program = () => ({ exit: 3 });
  const { finished, state } = await hosts.run(`
plays:
  - hosts: drones
    tasks:
      - { name: try, command: { argv: [work] } }
      - { name: then, put: { path: /x, content: y } }
  - hosts: drones
    tasks: [{ name: later, put: { path: /z, content: y } }]
`);
  expect(finished).toEqual(['a try failed', 'b try changed', 'b then changed', 'b later changed']);
  expect(state).toMatchObject({ status: 'failed', exit: 2 });
  expect(state.errors).toMatchObject([{ code: 'SW6001', host: 'a' }]);
});

test('a host that does not answer is unreachable, and another machine is refused', async () => {
  const hosts = createFleet('a', 'b', 'c');
  hosts.machine('a').refusals.push(silent('a'));
  hosts.machine('b').refusals.push(new SwarmError('SW3001', 'another machine'));
  const { finished, state } = await hosts.run('plays: [{ hosts: drones, tasks: [{ put: { path: /x, content: y } }] }]');
  expect(finished).toEqual(['c put changed']);
  expect(plainState(state).hosts).toMatchObject({
    a: { phase: 'unreachable' },
    b: { phase: 'refused' },
    c: { phase: 'connected' },
  });
  expect(state.exit).toBe(7); // refused ranks above unreachable
});

test('serial runs batch after batch, and stops when a whole batch failed', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const playbook = `
plays:
  - hosts: drones
    serial: [1, "30%", 3]
    tasks:
      - { name: one, command: { argv: [work] } }
      - { name: two, say: 1 }
`;
  const { finished } = await createFleet(...names).run(playbook);
  expect(finished.filter((each) => each.includes('one')).map((each) => each[0])).toEqual(names);
  expect(finished.slice(0, 6)).toEqual(['a one changed', 'a two ok', 'b one changed', 'c one changed', 'b two ok', 'c two ok']);

  const bad = createFleet(...names);
  bad.machine('a').program = () => ({ exit: 1 });
  const { state, finished: few } = await bad.run(playbook);
  expect(few).toEqual(['a one failed']);
  expect(state).toMatchObject({ exit: 8, status: 'failed' });
});

test('with max_fail_percentage: 100 no batch stops the play, also where every host of it failed', async () => {
  const hosts = createFleet('a', 'b', 'c');
  for (const name of ['a', 'b']) hosts.machine(name).program = () => ({ exit: 1 });
  const { finished, state } = await hosts.run(
    'plays: [{ hosts: drones, serial: 1, max_fail_percentage: 100, tasks: [{ name: one, command: work }] }]',
  );
  expect(finished).toEqual(['a one failed', 'b one failed', 'c one changed']);
  expect(state.exit).toBe(2);
});

test('with serial the first batch is a host that answers; one that does not stops no other, also with any_errors_fatal', async () => {
  const playbook = `
plays:
  - hosts: drones
    serial: [1, "50%", "100%"]
    any_errors_fatal: true
    tasks: [{ name: one, command: work }]
`;
  const hosts = createFleet('a', 'b', 'c', 'd', 'e');
  for (const name of ['a', 'd']) hosts.machine(name).refusals.push(silent(name));
  const { finished, state } = await hosts.run(playbook);
  expect(finished).toEqual(['b one changed', 'c one changed', 'e one changed']);
  expect(plainState(state)).toMatchObject({ exit: 4, hosts: { a: { phase: 'unreachable' }, d: { phase: 'unreachable' } } });

  const bad = createFleet('a', 'b', 'c');
  bad.machine('a').refusals.push(silent('a'));
  bad.machine('b').program = () => ({ exit: 1 });
  expect((await bad.run(playbook)).finished).toEqual(['b one failed']); // the canary is b
});

test('any_errors_fatal stops the play when a host is lost at work, and when another machine answers', async () => {
  const playbook = 'plays: [{ hosts: drones, serial: 1, any_errors_fatal: true, tasks: [{ name: one, command: work }] }]';
  const lost = createFleet('a', 'b');
  lost.machine('a').program = (_, machine) => {
    machine.cut();
    throw silent('a');
  };
  const { finished, state } = await lost.run(playbook);
  expect([finished, state.exit]).toEqual([['a one unreachable'], 8]);
  expect(state.errors.map(({ message }) => message)).toContain('stopped: a host failed, and the play has any_errors_fatal');
  const other = createFleet('a', 'b');
  other.machine('a').refusals.push(new SwarmError('SW3001', 'another machine'));
  expect((await other.run(playbook)).finished).toEqual([]);
});

test('max_fail_percentage counts hosts that do not answer', async () => {
  const hosts = createFleet('a', 'b', 'c');
  for (const name of ['a', 'b']) hosts.machine(name).refusals.push(silent(name));
  const { finished, state } = await hosts.run('plays: [{ hosts: drones, max_fail_percentage: 50, tasks: [{ name: one, command: work }] }]');
  expect([finished, state.exit]).toEqual([[], 8]);
});

test('any_errors_fatal and max_fail_percentage stop the play', async () => {
  const work = (keyword: string) => `
plays:
  - hosts: drones
    ${keyword}
    tasks:
      - { name: one, command: { argv: [work] } }
      - { name: two, say: 1 }
  - hosts: drones
    tasks: [{ name: three, say: 1 }]
`;
  const broken = (count: number) => {
    const hosts = createFleet('a', 'b', 'c', 'd');
    for (const name of ['a', 'b', 'c', 'd'].slice(0, count)) hosts.machine(name).program = () => ({ exit: 1 });
    return hosts;
  };
  const fatal = await broken(1).run(work('any_errors_fatal: true'));
  expect(fatal.finished).toHaveLength(4);
  expect(fatal.state).toMatchObject({ exit: 8 });
  const half = await broken(2).run(work('max_fail_percentage: 50'));
  expect(half.finished).toContain('c three ok'); // must be exceeded
  expect(half.state.exit).toBe(2);
  const more = await broken(3).run(work('max_fail_percentage: 50'));
  expect(more.finished).toHaveLength(4);
  expect(more.state.exit).toBe(8);
});

test('run_once runs on one host and all share its result', async () => {
  const hosts = createFleet('a', 'b', 'c');
  const { finished } = await hosts.run(`
plays:
  - hosts: drones
    tasks:
      - { name: plan, say: { value: { list: [1, 2] } }, run_once: true, register: plan }
      - { name: use, put: { path: /plan, content: "{{ json plan.list }}" } }
`);
  expect(finished.filter((each) => each.includes('plan'))).toEqual(['a plan ok']);
  expect([...hosts.machines.values()].map(({ files }) => files.get('/plan'))).toEqual(['[1,2]', '[1,2]', '[1,2]', undefined]);
});

test('run_once does not wait for hosts that do not answer: the next ones are tried beside them', async () => {
  const hosts = createFleet('a', 'b', 'c');
  const never: RunDeps['connect'] = (_, signal) => new Promise((__, reject) => onAbort(signal, () => reject(signal.reason)));
  const { finished, state } = await hosts.run('plays: [{ hosts: drones, run_once: true, tasks: [{ name: plan, command: plan }] }]', {
    deps: { connect: (host, signal) => (host.name === 'c' ? hosts.machine('c').connect(signal) : never(host, signal)) },
  });
  expect(finished).toEqual(['c plan changed']);
  expect(state.exit).toBe(0);
});

test('with strategy: free, no host waits for another', async () => {
  const hosts = createFleet('slow', 'fast');
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  hosts.machine('slow').program = async () => {
    await held;
    return {};
  };
  hosts.machine('fast').program = ({ argv }) => {
    if (argv[0] === 'last') release();
    return {};
  };
  const { finished } = await hosts.run(`
plays:
  - hosts: drones
    strategy: free
    tasks:
      - { name: one, command: first }
      - { name: two, command: last }
`);
  expect(finished).toEqual(['fast one changed', 'fast two changed', 'slow one changed', 'slow two changed']);
});

test('with strategy: free, a host waits for no other to connect', async () => {
  const hosts = createFleet('slow', 'fast');
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  hosts.machine('fast').program = () => {
    release();
    return {};
  };
  const connect: RunDeps['connect'] = async (host, signal) => {
    if (host.name === 'slow') await held;
    return hosts.machine(host.name).connect(signal);
  };
  const { finished } = await hosts.run('plays: [{ hosts: drones, strategy: free, tasks: [{ name: one, command: work }] }]', {
    deps: { connect },
  });
  expect(finished).toEqual(['fast one changed', 'slow one changed']);
});

test('as many hosts at once as there are forks', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const hosts = createFleet(...names);
  let now = 0;
  let most = 0;
  for (const name of names) {
    hosts.machine(name).program = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return {};
    };
  }
  await hosts.run('plays: [{ hosts: drones, tasks: [{ command: work }] }]', { options: { forks: 2 } });
  expect(most).toBe(2);
});

test('blocked hosts are left out with a note; an expired block does not count; a blocked host in the limit is refused', async () => {
  const block = (until: string) => ({ block: { reason: 'disk being replaced', until } });
  const hosts = createFleet(hostNamed('a', block('2030-01-01')), hostNamed('b', block('2025-01-01')), 'c');
  const playbook = 'plays: [{ hosts: drones, tasks: [{ say: 1 }] }]';
  const { finished, state } = await hosts.run(playbook);
  expect(finished).toEqual(['b say ok', 'c say ok']);
  expect(state.notes[0]).toContain('a is skipped');
  await expect(hosts.run(playbook, { options: { limit: 'a' } })).rejects.toMatchObject({ code: 'SW3005' });
  expect((await hosts.run(playbook, { options: { limit: 'drones' } })).finished).toHaveLength(2);
});

test('a limit that selects no host is an error before the first event', async () => {
  const hosts = createFleet('a', hostNamed('b', { groups: ['others'] }));
  await expect(hosts.run('plays: [{ hosts: drones, tasks: [{ say: 1 }] }]', { options: { limit: 'b' } })).rejects.toMatchObject({
    code: 'SW1204',
  });
  expect(hosts.machine('a').connects).toBe(0);
});

test.each([
  ['', ['a one failed'], 8, ['stopped: every host of the play failed (a)']],
  ['max_fail_percentage: 100', ['a one failed', 'b two changed'], 2, []],
  ['ignore_errors: true', ['a one failed', 'a two changed', 'b two changed'], 0, []],
])('a play that fails on all its hosts ends the run before the plays of other hosts: %s', async (keyword, expected, exit, messages) => {
  const hosts = createFleet('a', 'b');
  hosts.machine('a').program = () => ({ exit: 3 });
  const [ofPlay, ofTask] = keyword.startsWith('ignore') ? ['', `, ${keyword}`] : [keyword, ''];
  const { finished, state } = await hosts.run(`
plays:
  - hosts: a
    ${ofPlay}
    tasks: [{ name: one, command: "false"${ofTask} }]
  - hosts: all
    tasks: [{ name: two, put: { path: /two, content: x } }]
`);
  expect(finished).toEqual(expected);
  expect(state.exit).toBe(exit);
  expect(state.errors.filter(({ code }) => code === 'SW6013').map(({ message }) => message)).toEqual(messages);
});

test('a play whose hosts are all away ends no later play', async () => {
  const hosts = createFleet('a', 'b');
  const connect: RunDeps['connect'] = async (host, signal) => {
    if (host.name === 'a') throw new SwarmError('SW4001', 'away');
    return hosts.machine(host.name).connect(signal);
  };
  const { finished } = await hosts.run(
    `
plays:
  - hosts: a
    tasks: [{ name: one, put: { path: /one, content: x } }]
  - hosts: b
    tasks: [{ name: two, put: { path: /two, content: x } }]
`,
    { deps: { connect } },
  );
  expect(finished).toEqual(['b two changed']);
});
