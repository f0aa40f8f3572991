import { expect, test } from 'vitest';
import { recapLines } from '../../../src/report/recap.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';
import { createFleet, memoryJournal } from '../fleet.ts';

const play = (keywords = '') => `
plays:
  - hosts: drones
    vars: { kind: web }
    ${keywords}
    tasks:
      - { name: change, put: { path: /conf, content: x }, notify: "restart {{ kind }}" }
      - { name: work, command: work }
    handlers:
      - { name: restart web, put: { path: /restarted, content: x } }
      - { name: other, say: 1 }
`;

const isOn = (fleet: ReturnType<typeof createFleet>, name: string) => fleet.machine(name).files.has('/restarted');

test('handlers that a failed play did not run are in the recap and in JSON, and a resumed run runs them, though their task changes nothing', async () => {
  const hosts = createFleet('a', 'b');
  hosts.machine('a').program = () => ({ exit: 1 });
  const journal = memoryJournal();
  const { state, finished } = await hosts.run(play(), { journal });
  expect(finished).toContain('b restart web changed');
  expect(isOn(hosts, 'a')).toBe(false);
  expect(
    recapLines(state, 100)
      .flat()
      .map(({ text }) => text)
      .join('\n'),
  ).toContain('handler not run  a  restart web');
  expect(runDocument(state)['handlers']).toEqual([{ host: 'a', name: 'restart web', status: 'waiting' }]);

  hosts.machine('a').program = () => ({});
  const resumed = await hosts.run(play(), { journal });
  expect(resumed.finished.slice(finished.length)).toEqual([
    'a change ok',
    'b change ok',
    'a work changed',
    'b work changed',
    'a restart web changed',
  ]);
  expect(isOn(hosts, 'a')).toBe(true);
  expect(resumed.state).toMatchObject({ exit: 0, waitingHandlers: [] });
  expect(runDocument(resumed.state)).not.toHaveProperty('handlers');
});

test('an interrupted run keeps its handlers for the next one', async () => {
  const hosts = createFleet('a');
  const stop = new AbortController();
  hosts.machine('a').program = () => {
    stop.abort('SIGINT');
    return {};
  };
  const journal = memoryJournal();
  const { state } = await hosts.run(play(), { journal, deps: { signal: stop.signal } });
  expect(state.waitingHandlers).toMatchObject([{ host: 'a', name: 'restart web' }]);
  hosts.machine('a').program = () => ({});
  await hosts.run(play(), { journal });
  expect(isOn(hosts, 'a')).toBe(true);
});

test.each(['', 'any_errors_fatal: true', 'max_fail_percentage: 10'])(
  'force_handlers: true runs the notified handlers on hosts that failed, also where the play stopped (%s)',
  async (keyword) => {
    const hosts = createFleet('a', 'b');
    hosts.machine('a').program = () => ({ exit: 1 });
    const { state } = await hosts.run(play(`${keyword}\n    force_handlers: true`));
    expect([isOn(hosts, 'a'), isOn(hosts, 'b')]).toEqual([true, true]);
    expect(state).toMatchObject({ status: 'failed', waitingHandlers: [] });
  },
);

test('with force_handlers a handler that fails ends the handlers of its host, and it still waits', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').program = () => ({ exit: 1 });
  const { finished, state } = await hosts.run(`
plays:
  - hosts: drones
    force_handlers: true
    tasks:
      - { name: change, put: { path: /conf, content: x }, notify: [one, two] }
      - { name: work, fail: {} }
    handlers:
      - { name: one, command: work }
      - { name: two, say: 1 }
`);
  expect(finished).toEqual(['a change changed', 'a work failed', 'a one failed']);
  expect(state.waitingHandlers?.map(({ name }) => name)).toEqual(['one', 'two']);
});

test('a handler that a later handler notifies after it ran runs once more at the end of the play', async () => {
  const { state, finished } = await createFleet('a').run(`
plays:
  - hosts: drones
    tasks: [{ name: change, put: { path: /conf, content: x }, notify: [one, two] }]
    handlers:
      - { name: one, say: 1 }
      - { name: two, put: { path: /two, content: x }, notify: one }
`);
  expect(finished).toEqual(['a change changed', 'a one ok', 'a two changed', 'a one ok']);
  expect(state.waitingHandlers).toEqual([]);
});

test('handlers that notify each other without end run twice, and the recap has the one that still waits', async () => {
  const { state, finished } = await createFleet('a').run(`
plays:
  - hosts: drones
    tasks: [{ name: change, put: { path: /conf, content: x }, notify: one }]
    handlers:
      - { name: one, command: work, notify: two }
      - { name: two, command: work, notify: one }
`);
  expect(finished.slice(1)).toEqual(['a one changed', 'a two changed', 'a one changed', 'a two changed']);
  expect(state.waitingHandlers?.map(({ name }) => name)).toEqual(['one']);
});

const CHANGE = 'put: { path: /conf, content: x }';
const tasksOf = (tasks: string, handlers: string, hosts = createFleet('a', 'b')) =>
  hosts.run(`- hosts: drones\n  vars: { text: hello, names: [h1, h2] }\n  tasks: ${tasks}\n  handlers: ${handlers}\n`);

test('a notify that means no handler fails its task, and the run goes on to its end', async () => {
  for (const [notify, message] of [
    ['{{ text }}', 'no handler is called `hello`'],
    ['{{ said.nothing }}', '`said` has no field `nothing`'],
  ] as const) {
    const { state, finished } = await tasksOf(
      `[{ name: s, say: {value: {}}, register: said }, { name: c, ${CHANGE}, notify: [h1, "${notify}"] }, { say: 1 }]`,
      '[{ name: h1, say: 1 }]',
    );
    expect(finished.slice(2)).toEqual(['a c failed', 'b c failed']);
    expect(state.errors).toMatchObject(['a', 'b'].map((host) => ({ message, host, at: { file: 'test.yml', line: 3 } })));
    expect(state.status).toBe('failed');
  }
});

test('a template of a list notifies each of its handlers', async () => {
  const { finished } = await tasksOf(`[{ name: c, ${CHANGE}, notify: "{{ names }}" }]`, '[{ name: h1, say: 1 }, { name: h2, say: 1 }]');
  expect(finished.slice(2)).toEqual(['a h1 ok', 'b h1 ok', 'a h2 ok', 'b h2 ok']);
});

test('a handler with run_once runs again when it is notified again after a flush', async () => {
  for (const strategy of ['linear', 'free']) {
    const { finished } = await createFleet('a', 'b').run(`
- hosts: drones
  strategy: ${strategy}
  tasks:
    - { name: one, put: { path: /conf, content: "1" }, notify: h }
    - meta: flush_handlers
    - { name: two, put: { path: /conf, content: "2" }, notify: h }
  handlers: [{ name: h, say: 1, run_once: true }]
`);
    expect(finished.filter((line) => line.includes(' h '))).toHaveLength(2);
  }
});
