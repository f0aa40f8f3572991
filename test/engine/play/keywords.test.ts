import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { createFleet, type TestFleet } from '../fleet.ts';

const play = (text: string, hosts: TestFleet = createFleet('a', 'b'), extra: Parameters<TestFleet['run']>[1] = {}) =>
  hosts.run(`- hosts: drones\n${text.replace(/^/gm, '  ')}`, extra);

const notes = ({ state }: Awaited<ReturnType<typeof play>>): readonly string[] => state.notes;

test('set_fact gives a variable to each host, which is stronger than vars and known to later plays', async () => {
  const hosts = createFleet('a', 'b');
  const { state } = await hosts.run(`
- hosts: drones
  vars: { who: nobody }
  tasks:
    - set_fact: { who: "{{ inventory_hostname }}", size: 3 }
- hosts: drones
  tasks:
    - put: { path: /who, content: "{{ who }}" }
      when: size == 3
`);
  expect(state.errors).toEqual([]);
  expect(['a', 'b'].map((name) => hosts.machine(name).files.get('/who'))).toEqual(['a', 'b']);
});

test('set_fact in a loop sees what it set before; with run_once all hosts have it; what is registered later wins', async () => {
  const hosts = createFleet('a', 'b');
  const { state } = await play(
    `
vars: { all: "" }
tasks:
  - set_fact: { all: "{{ all }}{{ item }}" }
    loop: [x, y]
  - set_fact: { one: "{{ inventory_hostname }}" }
    run_once: true
  - put: { path: /all, content: "{{ all }} {{ one }}" }
  - { say: { value: { text: later } }, register: all }
  - put: { path: /late, content: "{{ all.text }}" }
`,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect(hosts.machine('b').files.get('/all')).toBe('xy a');
  expect(hosts.machine('b').files.get('/late')).toBe('later');
});

test('pre_tasks, tasks and post_tasks run in this order, with the notified handlers between them', async () => {
  const { finished } = await play(
    `
post_tasks: [ { name: last, say: 1 } ]
tasks: [ { name: middle, put: { path: /m, content: x }, notify: again } ]
pre_tasks: [ { name: first, put: { path: /f, content: x }, notify: again } ]
handlers: [ { name: again, say: 1 } ]
`,
    createFleet('a'),
  );
  expect(finished).toEqual(['a first changed', 'a again ok', 'a middle changed', 'a again ok', 'a last ok']);
});

test('a tag that selects no task runs no handler phase either', async () => {
  const { finished } = await play(
    `
pre_tasks: [ { name: first, say: 1, tags: early } ]
tasks: [ { name: middle, say: 1, tags: mid } ]
`,
    createFleet('a'),
    { options: { tags: ['mid'] } },
  );
  expect(finished).toEqual(['a middle ok']);
});

test('meta: flush_handlers runs what is notified by then, once, and its failure can be rescued', async () => {
  const { finished, state } = await play(
    `
tasks:
  - block:
      - { name: change, put: { path: /x, content: x }, notify: broken }
      - meta: flush_handlers
      - { name: never, say: 1 }
    rescue: [ { name: rescued, say: 1 } ]
handlers: [ { name: broken, fail: {} } ]
`,
    createFleet('a'),
  );
  expect(finished).toEqual(['a change changed', 'a broken failed', 'a rescued ok']);
  expect(state.exit).toBe(0);
});

test('meta: end_host ends the play for one host without a failure, and says which handlers it leaves', async () => {
  const hosts = createFleet('a', 'b');
  const ran = await hosts.run(`
- hosts: drones
  tasks:
    - { name: change, put: { path: /x, content: x }, notify: restart }
    - { meta: end_host, when: inventory_hostname == "a" }
    - { name: rest, say: 1 }
  handlers: [ { name: restart, say: 1 } ]
- hosts: drones
  tasks: [ { name: next, say: 1 } ]
`);
  expect(ran.finished.slice(2)).toEqual(['b rest ok', 'b restart ok', 'a next ok', 'b next ok']);
  expect(ran.state.exit).toBe(0);
  expect(notes(ran)).toEqual(['a ends the play, so these handlers do not run on it: restart']);
});

test('meta: end_play ends it for all hosts and batches, end_batch only for the hosts of this one', async () => {
  const tasks = (action: string) => `serial: 1\ntasks:\n  - { name: one, say: 1 }\n  - meta: ${action}\n  - { name: two, say: 1 }\n`;
  expect((await play(tasks('end_play'))).finished).toEqual(['a one ok']);
  expect((await play(tasks('end_batch'))).finished).toEqual(['a one ok', 'b one ok']);
});

test('meta: reset_connection logs in anew for the next task', async () => {
  const hosts = createFleet('a', 'b');
  const { state, finished } = await play(
    `
tasks:
  - { name: one, say: 1 }
  - { meta: reset_connection, when: inventory_hostname == "a" }
  - { name: two, say: 1 }
`,
    hosts,
  );
  expect([hosts.machine('a').connects, hosts.machine('b').connects]).toEqual([2, 1]);
  expect(finished.toSorted()).toEqual(['a one ok', 'a two ok', 'b one ok', 'b two ok']);
  expect(state.exit).toBe(0);
});

test('loop_control has a label, an index and a pause', async () => {
  const hosts = createFleet('a');
  const { events, clock } = await play(
    `
tasks:
  - put: { path: "/{{ at }}", content: "{{ user.name }}" }
    loop: [ { name: kim, key: long }, { name: lee, key: long } ]
    loop_control: { loop_var: user, index_var: at, label: "{{ user.name }}", pause: 2 }
`,
    hosts,
  );
  expect([...hosts.machine('a').files]).toEqual([
    ['/0', 'kim'],
    ['/1', 'lee'],
  ]);
  expect(events.flatMap((event) => (event.type === 'task.started' ? [event.label] : []))).toEqual(['kim', 'lee']);
  expect(clock.slept).toEqual([2000]);
});

test('throttle lets a task run on so many hosts at a time', async () => {
  const hosts = createFleet('a', 'b', 'c', 'd');
  let now = 0;
  let most = 0;
  for (const name of ['a', 'b', 'c', 'd'])
    hosts.machine(name).program = async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return {};
    };
  const { state } = await play('vars: { few: 2 }\ntasks: [ { command: x, throttle: "{{ few }}" } ]\n', hosts);
  expect(state.errors).toEqual([]);
  expect(most).toBe(2);
});

test('ignore_unreachable goes on with a host that did not answer, and the recap has no error', async () => {
  const hosts = createFleet('a');
  const away = new SwarmError('SW2001', 'no route');
  hosts.machine('a').refusals.push(away, away);
  const { finished, state } = await play(
    'tasks:\n  - { name: one, say: 1, ignore_unreachable: true, register: out }\n  - { name: two, say: 1, when: out.unreachable }\n',
    hosts,
  );
  expect(finished).toEqual(['a one unreachable', 'a two ok']);
  expect([state.exit, state.errors]).toEqual([0, []]);
});

test('without ignore_unreachable on its task the host is out', async () => {
  const hosts = createFleet('a');
  const away = new SwarmError('SW2001', 'no route');
  hosts.machine('a').refusals.push(away, away, away);
  const { finished, state } = await play(
    'tasks:\n  - { name: one, say: 1, ignore_unreachable: true }\n  - { name: two, say: 1 }\n  - { name: three, say: 1 }\n',
    hosts,
  );
  expect(finished).toEqual(['a one unreachable', 'a two unreachable']);
  expect(state.exit).toBe(4);
});

test('module_defaults hold where a task does not say otherwise; inner ones are added to outer ones', async () => {
  const hosts = createFleet('a');
  const { state } = await play(
    `
module_defaults: { put: { path: /default, content: outer } }
tasks:
  - put: {}
  - block:
      - put: { path: /own }
    module_defaults: { ansible.builtin.put: { content: inner } }
`,
    hosts,
  );
  expect(state.errors).toEqual([]);
  expect([...hosts.machine('a').files]).toEqual([
    ['/default', 'outer'],
    ['/own', 'inner'],
  ]);
});

test('a play with gather_facts and with yes for true runs as in Ansible', async () => {
  const hosts = createFleet('a');
  const { finished, state } = await play('gather_facts: no\ntasks: [ { name: one, say: 1, become: yes, when: yes } ]\n', hosts);
  expect([finished, state.errors]).toEqual([['a one ok'], []]);
});

test('with a question before each task, a no skips the task on all hosts, and what its register and its handlers would do', async () => {
  const asked: string[] = [];
  const confirmTask = async (task: string, hosts: readonly string[]): Promise<boolean> => {
    asked.push(`${task} on ${hosts.join(' ')}`);
    return task !== 'second';
  };
  const { finished } = await play(
    `
strategy: free
tasks:
  - { name: first, put: { path: /f, content: x } }
  - { name: second, put: { path: /s, content: x }, notify: again, register: second }
  - { name: third, say: 1, when: second.skipped }
handlers: [ { name: again, say: 1 } ]
`,
    createFleet('a'),
    { deps: { confirmTask } },
  );
  expect(asked).toEqual(['first on a', 'second on a', 'third on a']);
  expect(finished).toEqual(['a first changed', 'a second skipped', 'a third ok']);
});

test('a question is asked once for all hosts of the play, the first task too', async () => {
  const asked: string[] = [];
  const confirmTask = async (task: string, hosts: readonly string[]): Promise<boolean> => asked.push(`${task} on ${hosts.join(' ')}`) < 0;
  const { finished } = await play('tasks: [ { name: first, say: 1 } ]', createFleet('a', 'b'), { deps: { confirmTask } });
  expect(asked).toEqual(['first on a b']);
  expect(finished).toEqual(['a first skipped', 'b first skipped']);
});

test.each([
  ['throttle', '{ say: 1, throttle: "{{ text }}" }', 'throttle: must be a number, not "hello"'],
  ['the condition of end_host', '{ meta: end_host, when: said.nothing == 1 }', '`said` has no field `nothing`'],
  ['the condition of flush_handlers', '{ meta: flush_handlers, when: said.nothing == 1 }', '`said` has no field `nothing`'],
  ['the condition of end_play', '{ meta: end_play, when: said.nothing == 1 }', '`said` has no field `nothing`'],
  ['delegate_to', '{ say: 1, delegate_to: "{{ text }}" }', 'no host is called hello'],
])('a wrong value of %s fails its step on the host, with its line, and the run comes to its end', async (_, step, message) => {
  const hosts = createFleet('a');
  const { state, finished } = await play(
    `vars: { text: hello }\ntasks:\n  - { name: s, say: { value: {} }, register: said }\n  - ${step}\n  - { name: after, say: 1 }`,
    hosts,
  );
  expect(state).toMatchObject({ status: 'failed', errors: [{ message, host: 'a', at: { file: 'test.yml', line: 5 } }] });
  expect(finished.at(-1)).toMatch(/^a .* failed$/);
});

test('a wrong condition of meta can be rescued', async () => {
  const { state, finished } = await play(`
tasks:
  - { name: s, say: { value: {} }, register: said }
  - block: [ { meta: end_host, when: said.nothing == 1 } ]
    rescue: [ { name: saved, say: 1 } ]
  - { name: after, say: 1 }
`);
  expect(finished.slice(-4)).toEqual(['a saved ok', 'b saved ok', 'a after ok', 'b after ok']);
  expect(state.status).toBe('ok');
});
