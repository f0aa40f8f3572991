import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json-value.ts';
import { createFleet, memoryJournal, type TestFleet } from './fleet.ts';
import { silent } from './machine.ts';
import { plainState } from './plain-state.ts';

const BUILD = `
plays:
  - name: Build
    hosts: drones
    queue: { items: packages, id: item.cpv, needs: item.needs, attempts: 2 }
    tasks:
      - { name: build, build: "{{ item.cpv }}" }
      - { name: publish, put: { path: "/pub/{{ item.cpv }}", content: x } }
`;
const packages = [
  { cpv: 'base', needs: [] },
  { cpv: 'left', needs: ['base'] },
  { cpv: 'right', needs: ['base'] },
  { cpv: 'top', needs: ['left', 'right'] },
];
const args = { packages: packages as unknown as Json };
const run = (hosts: TestFleet, extra: Parameters<TestFleet['run']>[1] = {}) => hosts.run(BUILD, { args, ...extra });

test('an interrupt starts nothing new, leaves jobs running and names them, and exits 130 or 143', async () => {
  for (const [reason, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const hosts = createFleet('a', 'b');
    const stop = new AbortController();
    hosts.machine('a').onJob = () => setImmediate(() => stop.abort(reason));
    const { state, events } = await run(hosts, { deps: { signal: stop.signal } });
    expect(plainState(state)).toMatchObject({
      status: 'interrupted',
      exit,
      items: { base: { status: 'running', host: 'a' }, left: { status: 'queued' } },
    });
    expect(state.notes.join()).toContain('job r4nd-base-a-1-0.0 keeps running on a');
    expect(events.at(-1)).toMatchObject({ type: 'run.finished' });
    expect(hosts.machine('a').jobs.get('r4nd-base-a-1-0.0')).toMatchObject({ status: 'running' });
  }
});

test('of a job that outlives swarm task, the note says how to end it: such a run is not resumed', async () => {
  const hosts = createFleet('a', 'b');
  const stop = new AbortController();
  hosts.machine('a').onJob = () => setImmediate(() => stop.abort('SIGINT'));
  const { state } = await run(hosts, { deps: { signal: stop.signal }, change: (playbook) => ({ ...playbook, name: 'swarm task' }) });
  expect(state.notes.join()).toContain(`keeps running on a; to end it, run: swarm runs cancel ${state.run}`);
});

test('an interrupted task of a play is not called failed', async () => {
  const hosts = createFleet('a', 'b');
  const stop = new AbortController();
  hosts.machine('a').program = () => {
    stop.abort('SIGINT');
    return new Promise(() => {});
  };
  const { state, finished } = await hosts.run('plays: [{ hosts: drones, tasks: [{ command: x }, { say: 1 }] }]', {
    deps: { signal: stop.signal },
  });
  expect(state).toMatchObject({ status: 'interrupted', exit: 130, errors: [] });
  expect(finished.filter((each) => each.includes('failed') || each.includes('say'))).toEqual([]);
});

test('a resumed run attaches to the job that is still there, with the same name, and builds nothing twice', async () => {
  const hosts = createFleet('a', 'b');
  const stop = new AbortController();
  const a = hosts.machine('a');
  a.onJob = () => setImmediate(() => stop.abort('SIGINT'));
  const journal = memoryJournal();
  await run(hosts, { journal, deps: { signal: stop.signal } });
  a.finish('r4nd-base-a-1-0.0', 0); // it went on, and ended while nobody looked
  a.onJob = (id, machine) => machine.finish(id, 0);
  const { state } = await run(hosts, { journal });
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] });
  expect(state.items.values().every(({ status }) => status === 'published')).toBe(true);
  const jobs = [...a.done, ...hosts.machine('b').done].filter((each) => each.startsWith('job'));
  expect(jobs).toHaveLength(packages.length);
  expect(state.items.get('base')).toMatchObject({ host: 'a', attempts: 1 });
});

test('cut off after any event and resumed, a run publishes every item, none of them twice', async () => {
  const whole = memoryJournal();
  await run(createFleet('a', 'b'), { journal: whole });
  for (let cut = 1; cut < whole.events.length; cut++) {
    const prefix = whole.events.slice(0, cut);
    const hosts = createFleet('a', 'b');
    pretend(hosts, prefix);
    const journal = memoryJournal(prefix);
    const { state } = await run(hosts, { journal });
    expect(state.exit, `after event ${cut}`).toBe(0);
    expect(state.items.values().map(({ status }) => status)).toEqual(packages.map(() => 'published'));
    const done = new Set(prefix.flatMap((event) => (event.type === 'item.finished' ? [event.item] : [])));
    for (const event of journal.events.slice(cut)) if (event.type === 'item.started') expect(done.has(event.item)).toBe(false);
    // an item that was under way stays where it was, with its number
    const open = prefix.filter((event) => event.type === 'item.started' && !done.has(event.item));
    for (const each of open) {
      if (each.type !== 'item.started') continue;
      const again = journal.events.slice(cut).find((event) => event.type === 'item.started' && event.item === each.item);
      expect(again).toMatchObject({ host: each.host, attempt: each.attempt });
    }
  }
});

/** Puts the machines in the state that the events left them in: jobs that were started are there. */
function pretend(hosts: TestFleet, events: readonly RunEvent[]): void {
  for (const event of events) {
    if (event.type !== 'job.started') continue;
    const machine = hosts.machine(event.host);
    machine.jobs.set(event.job, { command: { argv: ['make'] }, output: '', status: 'exited', exit: 0, waiters: [] });
  }
}

test('when the host of a running item does not answer, the item waits for it: unknown, exit 4, nothing built twice', async () => {
  const hosts = createFleet('a', 'b');
  const journal = memoryJournal();
  const stop = new AbortController();
  hosts.machine('a').onJob = () => setImmediate(() => stop.abort('SIGINT'));
  await run(hosts, { journal, deps: { signal: stop.signal } });
  hosts.machine('a').refusals.push(silent('a'));
  const { state } = await run(hosts, { journal });
  expect(plainState(state)).toMatchObject({
    status: 'failed',
    exit: 4,
    items: { base: { status: 'running', host: 'a' }, top: { status: 'queued' } },
  });
  expect(hosts.machine('b').done).toEqual([]);
});

test('a resumed run tries again what failed, and its exit is that of the new try', async () => {
  const hosts = createFleet('a');
  hosts.machine('a').onJob = (id, machine) => machine.finish(id, 1);
  const journal = memoryJournal();
  expect(plainState((await run(hosts, { journal })).state)).toMatchObject({
    exit: 2,
    items: { base: { status: 'failed' }, top: { status: 'skipped' } },
  });
  hosts.machine('a').onJob = (id, machine) => machine.finish(id, 0);
  const { state } = await run(hosts, { journal });
  expect(plainState(state)).toMatchObject({
    status: 'ok',
    exit: 0,
    errors: [],
    items: { base: { status: 'published', attempts: 2 }, top: { status: 'published' } },
  });
});

test('a journal that cannot be written ends the run at once, and nothing more is done', async () => {
  const { SwarmError } = await import('../../src/core/error/swarm-error.ts');
  for (const type of ['task.changed', 'item.started', 'job.finished', 'host.connected', 'task.finished']) {
    const hosts = createFleet('a', 'b');
    const journal = memoryJournal();
    let broken = false;
    journal.on((event) => {
      broken ||= event.type === type;
      if (broken) throw new SwarmError('SW5001', 'no space left');
    });
    await expect(run(hosts, { journal }), type).rejects.toMatchObject({ code: 'SW5001' });
    const published = [...hosts.machines.values()].flatMap(({ files }) => [...files.keys()]);
    expect(published.length, type).toBeLessThanOrEqual(1);
  }
});

test('the last event of a run is run.finished, also when a link or a module emits something later', async () => {
  const hosts = createFleet('a', 'b');
  const stop = new AbortController();
  const journal = memoryJournal();
  hosts.machine('a').onJob = () => setImmediate(() => stop.abort('SIGINT'));
  await run(hosts, { journal, deps: { signal: stop.signal } });
  for (const machine of hosts.machines.values()) machine.cut();
  await new Promise((resolve) => setImmediate(resolve));
  expect(journal.events.at(-1)?.type).toBe('run.finished');
  expect(journal.events.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
});

test('a resumed run has again what set_fact, register and a block with a loop gave it', async () => {
  const hosts = createFleet('a');
  const a = hosts.machine('a');
  const yaml = `plays:
  - hosts: drones
    tasks:
      - { name: fact, set_fact: { word: "{{ inventory_hostname }}!" } }
      - { name: list, say: [1, 2], register: said }
      - { name: cut, command: look }
      - loop: said.value
        block: [{ name: inside, put: { path: "/{{ item }}", content: "{{ word }}" } }]
`;
  const stop = new AbortController();
  a.program = () => {
    stop.abort('SIGINT');
    return new Promise(() => {});
  };
  const journal = memoryJournal();
  const first = await hosts.run(yaml, { journal, deps: { signal: stop.signal } });
  expect(first.state).toMatchObject({ status: 'interrupted' });
  a.program = () => ({ stdout: '' });
  const { state } = await hosts.run(yaml, { journal });
  expect(state).toMatchObject({ status: 'ok', exit: 0, errors: [] });
  expect(a.files.get('/2')).toBe('a!');
});
