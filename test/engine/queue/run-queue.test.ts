import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Json } from '../../../src/core/json-value.ts';
import { createFleet, memoryJournal, type TestFleet } from '../fleet.ts';
import { hostNamed, silent } from '../machine.ts';
import { plainState } from '../plain-state.ts';

type Package = { readonly cpv: string; readonly needs?: readonly string[]; readonly cost?: number };
const BUILD = `
plays:
  - name: Plan
    hosts: drones
    run_once: true
    tasks: [{ say: { value: { packages: "{{ packages }}" } }, register: plan }]
  - name: Build
    hosts: drones
    queue: { items: plan.packages, id: item.cpv, needs: item.needs, attempts: 3 }
    tasks:
      - { name: build, build: "{{ item.cpv }}", register: built }
      - { name: publish, put: { path: "/pub/{{ item.cpv }}", content: "{{ built.log }}" } }
`;

const run = (hosts: TestFleet, packages: readonly Package[], extra: Parameters<TestFleet['run']>[1] = {}) =>
  hosts.run(BUILD, { ...extra, args: { packages: packages.map((each) => ({ needs: [], ...each })) as unknown as Json } });

const itemEvents = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if (event.type === 'item.started') return [`${event.item} started on ${event.host} (${event.attempt})`];
    if (event.type === 'item.finished') return [`${event.item} finished on ${event.host}`];
    if (event.type === 'item.failed') return [`${event.item} failed on ${event.host}: ${event.blame}${event.final ? ', final' : ''}`];
    if (event.type === 'item.skipped') return [`${event.item} skipped for ${event.because}`];
    return [];
  });

/** Jobs of the machine end with what `exit` says of the item that they build. */
function builds(
  hosts: TestFleet,
  exit: (item: string, host: string) => number,
  says: (item: string, host: string) => string = () => '',
): void {
  for (const [name, machine] of hosts.machines) {
    machine.onJob = (id, there) => {
      const item = there.jobs.get(id)?.command.argv[1] ?? '';
      there.write(id, `log of ${item}\n${says(item, name)}`);
      there.finish(id, exit(item, name));
    };
  }
}

test('items are built after what they need, each on one host, and published once', async () => {
  const hosts = createFleet('a', 'b');
  const { events, state } = await run(hosts, [
    { cpv: 'top', needs: ['left', 'right'] },
    { cpv: 'left' },
    { cpv: 'right', needs: ['there'] },
  ]);
  expect(state).toMatchObject({ status: 'ok', exit: 0 });
  expect(state.items.values().map(({ id, status }) => `${id} ${status}`)).toEqual(['top published', 'left published', 'right published']);
  const order = itemEvents(events);
  expect(order.slice(0, 2).sort()).toEqual(['left started on a (1)', 'right started on b (1)']);
  expect(order.at(-1)).toMatch(/^top finished/);
});

test('the event that an item starts is on disk before it starts', async () => {
  const hosts = createFleet('a');
  const journal = memoryJournal();
  let safe: number | undefined;
  hosts.machine('a').onJob = (id, machine) => {
    safe = Math.max(...journal.flushedAt);
    machine.finish(id, 0);
  };
  await run(hosts, [{ cpv: 'x' }], { journal });
  const seq = (type: string): number => journal.events.find((event) => event.type === type)?.seq ?? -1;
  expect(seq('item.started')).toBeGreaterThan(0);
  expect(safe).toBeGreaterThan(seq('item.started'));
  expect(safe).toBeGreaterThan(seq('job.started'));
});

test('an attempt that fails goes to another host', async () => {
  const hosts = createFleet(hostNamed('strong', { cores: 32 }), hostNamed('weak', { cores: 2 }));
  builds(hosts, (_, host) => (host === 'strong' ? 1 : 0));
  const { events, state } = await run(hosts, [{ cpv: 'x' }]);
  expect(itemEvents(events)).toEqual([
    'x started on strong (1)',
    'x failed on strong: package',
    'x started on weak (2)',
    'x finished on weak',
  ]);
  expect(plainState(state)).toMatchObject({ exit: 0, items: { x: { status: 'published', attempts: 2, host: 'weak' } } });
  expect(state.notes).toEqual(['x was done on weak, so its failure on strong counts against strong']); // the package was blamed
});

test('a package that fails with the same error on two hosts is final, what needs it is skipped, other branches continue', async () => {
  const hosts = createFleet('a', 'b', 'c');
  builds(hosts, (item) => (item === 'bad' ? 1 : 0));
  const { events, state } = await run(hosts, [
    { cpv: 'bad' },
    { cpv: 'over', needs: ['bad'] },
    { cpv: 'above', needs: ['over', 'good'] },
    { cpv: 'good' },
  ]);
  expect(itemEvents(events).filter((each) => each.startsWith('bad'))).toHaveLength(4);
  expect(plainState(state).items).toMatchObject({
    bad: { status: 'failed', attempts: 2 },
    over: { status: 'skipped' },
    above: { status: 'skipped' },
    good: { status: 'published' },
  });
  expect(state.exit).toBe(2);
  expect(state.errors).toHaveLength(1);
});

test('with one host, a package that is itself at fault is not built again', async () => {
  const hosts = createFleet('a');
  builds(hosts, () => 1);
  const { state } = await run(hosts, [{ cpv: 'x' }]);
  expect(state.items.get('x')).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'SW6003' } });
  expect(hosts.machine('a').done.filter((each) => each.startsWith('job'))).toEqual(['job r4nd-x-a-1-1.0']);
});

test('a lost connection is not a failure of a job: it is attached again, from the last byte', async () => {
  const hosts = createFleet('a');
  const machine = hosts.machine('a');
  machine.onJob = (id) => {
    machine.write(id, 'first half,');
    setImmediate(() => {
      machine.cut();
      machine.refusals.push(silent('a'), silent('a'));
      machine.write(id, ' second half');
      machine.finish(id, 0);
    });
  };
  const { events, state, clock } = await run(hosts, [{ cpv: 'x' }]);
  expect(plainState(state)).toMatchObject({ exit: 0, items: { x: { status: 'published', attempts: 1 } } });
  expect(machine.files.get('/pub/x')).toBe('first half, second half');
  expect(machine.done.filter((each) => each.startsWith('job'))).toHaveLength(1);
  const told = events.flatMap((event) => (/^(job|host)\./.test(event.type) ? [event.type] : []));
  expect(told).toEqual(['host.connected', 'job.started', 'host.lost', 'host.connected', 'job.attached', 'job.finished']);
  expect(events.find((event) => event.type === 'job.attached')).toMatchObject({ offset: 'first half,'.length });
  expect(clock.slept).toEqual([1000, 2000]);
});

test('while one host is lost, others continue', async () => {
  const hosts = createFleet('a', 'b');
  const a = hosts.machine('a');
  const journal = memoryJournal();
  a.onJob = (id) => {
    setImmediate(() => {
      a.cut();
      for (let i = 0; i < 50; i++) a.refusals.push(silent('a'));
      a.write(id, 'done');
      a.finish(id, 0);
    });
  };
  builds(createFleet('unused'), () => 0);
  const { state } = await run(hosts, [{ cpv: 'x' }, { cpv: 'y' }, { cpv: 'z' }], { journal });
  expect(state).toMatchObject({ exit: 0 });
  expect(state.items.values().every(({ status }) => status === 'published')).toBe(true);
  expect(itemEvents(journal.events).filter((each) => each.includes('started on b')).length).toBeGreaterThanOrEqual(1);
});

test('a host whose link breaks before anything runs there gives its item to another, and comes back later', async () => {
  const hosts = createFleet('a', 'b');
  const a = hosts.machine('a');
  let cut = false;
  const original = a.jobsOver.bind(a);
  a.jobsOver = (connection) => {
    if (!cut) {
      cut = true;
      a.cut();
      a.refusals.push(silent('a'));
    }
    return original(connection);
  };
  const { events, state } = await run(hosts, [{ cpv: 'x' }, { cpv: 'y' }]);
  expect(state.exit).toBe(0);
  expect(itemEvents(events)).toContain('x failed on a: link');
  expect(plainState(state).items).toMatchObject({ x: { status: 'published' }, y: { status: 'published' } });
});

test('an item whose host stays away has an unknown result: not failed, not built twice, exit 4', async () => {
  const hosts = createFleet('a', 'b');
  const a = hosts.machine('a');
  a.onJob = () => {
    setImmediate(() => {
      a.cut();
      for (let i = 0; i < 3000; i++) a.refusals.push(silent('a'));
    });
  };
  const { events, state } = await run(hosts, [{ cpv: 'x' }, { cpv: 'over', needs: ['x'] }]);
  expect(itemEvents(events)).toEqual(['x started on a (1)']);
  expect(plainState(state).items).toMatchObject({ x: { status: 'running', host: 'a' }, over: { status: 'queued' } });
  expect(state).toMatchObject({ status: 'failed', exit: 4 });
  expect(hosts.machine('b').done).toEqual([]);
});

test('when most hosts fail with the same error on different items, no more start, those that run finish, and no host is blamed', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const hosts = createFleet(...names);
  builds(
    hosts,
    () => 1,
    () => 'cannot reach the mirror',
  );
  const packages = Array.from({ length: 12 }, (_, i) => ({ cpv: `p${i}` }));
  const { state, events } = await run(hosts, packages);
  expect(state.errors.at(-1)).toMatchObject({ code: 'SW3008' });
  expect(state.exit).toBe(7);
  expect(events.filter(({ type }) => type === 'item.started').length).toBeLessThanOrEqual(8);
  expect(state.items.values().some(({ status }) => status === 'queued')).toBe(true);
  expect(state.notes.join()).not.toContain('gets no more items');
});

test('a host on which different items fail with different errors gets no more; the others build all', async () => {
  const hosts = createFleet(hostNamed('bad', { cores: 64 }), 'b', 'c');
  builds(
    hosts,
    (_, host) => (host === 'bad' ? 28 : 0),
    (item) => `${item}: its own words ${[...item].join(' ')}`,
  );
  const { state, events } = await run(
    hosts,
    ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].map((cpv) => ({ cpv })),
  );
  expect(state.items.values().map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'published'));
  expect(events.filter((event) => event.type === 'item.started' && event.host === 'bad')).toHaveLength(3);
  expect(state.notes.join()).toContain('bad gets no more items');
});

test('items that need each other are an error with the circle, before anything is built', async () => {
  const hosts = createFleet('a');
  const { state } = await run(hosts, [
    { cpv: 'x', needs: ['y'] },
    { cpv: 'y', needs: ['x'] },
  ]);
  expect(state.errors).toMatchObject([{ code: 'SW6007', message: expect.stringContaining('x → y → x') }]);
  expect(hosts.machine('a').done).toEqual([]);
});

test('without open items no other host is connected', async () => {
  const hosts = createFleet('a', 'b');
  expect((await run(hosts, [])).state).toMatchObject({ status: 'ok', exit: 0 });
  expect(hosts.machine('b').connects).toBe(0);
});

test('where no host answers, the items are left for a resumed run', async () => {
  const hosts = createFleet('a');
  const { state } = await hosts.run("plays: [{ hosts: drones, queue: { items: \"[{'id': 'x'}]\", id: item.id }, tasks: [{ say: 1 }] }]", {
    deps: { connect: () => Promise.reject(silent('a')) },
  });
  expect(plainState(state)).toMatchObject({ status: 'failed', exit: 4, items: { x: { status: 'queued' } } });
  expect(state.errors.map(({ message }) => message)).toEqual(['no route answers', 'no host can take x']);
});

test('a check plans and builds nothing', async () => {
  const hosts = createFleet('a');
  const { state } = await run(hosts, [{ cpv: 'x' }], { options: { check: true, detailedExitcode: true } });
  expect(plainState(state).items).toMatchObject({ x: { status: 'queued' } });
  expect(hosts.machine('a').done).toEqual([]);
  expect(state).toMatchObject({ status: 'ok', exit: 3 });
});

test('the longest expected items go first', async () => {
  const { events } = await run(createFleet('a'), [{ cpv: 'quick' }, { cpv: 'long' }, { cpv: 'new' }], {
    deps: { durations: { get: (item) => ({ quick: 5, long: 500 })[item], deviation: () => undefined } },
  });
  expect(itemEvents(events).filter((each) => each.includes('started'))).toEqual([
    'long started on a (1)',
    'new started on a (1)',
    'quick started on a (1)',
  ]);
  expect(events.find(({ type }) => type === 'queue.planned')).toMatchObject({
    items: [{ id: 'quick', estimate: 5 }, { id: 'long', estimate: 500 }, { id: 'new' }],
  });
});

test('handlers that items notify run at the end, once on each host', async () => {
  const { finished } = await createFleet('a', 'b').run(`
plays:
  - hosts: drones
    queue: { items: "[{'id': 'x'}, {'id': 'y'}, {'id': 'z'}]", id: item.id }
    tasks: [{ name: put, put: { path: "/{{ item.id }}", content: x }, notify: after }]
    handlers: [{ name: after, say: 1 }]
`);
  expect(finished.filter((each) => each.includes('after')).sort()).toEqual(['a after ok', 'b after ok']);
  expect(finished.at(-1)).toContain('after');
});

const world = fc.record({
  packages: fc.array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 8 }),
  hosts: fc.integer({ min: 1, max: 4 }),
  luck: fc.array(fc.constantFrom('ok', 'ok', 'ok', 'fail', 'cut', 'cut early'), { minLength: 40, maxLength: 40 }),
});

test('with random graphs, failures and cut links every run ends, every item once, and nothing is built on two hosts at once', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ packages, hosts: count, luck }) => {
      const hosts = createFleet(...Array.from({ length: count }, (_, i) => `h${i}`));
      let jobs = 0;
      for (const machine of hosts.machines.values()) {
        machine.onJob = (id) => {
          const fate = luck[jobs++ % luck.length];
          machine.write(id, `${fate} ${jobs}`);
          if (fate === 'cut early') machine.cut();
          if (fate === 'cut') setImmediate(() => machine.cut());
          setImmediate(() => machine.finish(id, fate === 'fail' ? 1 : 0));
        };
      }
      const { events, state } = await run(
        hosts,
        packages.map((needs, i) => ({ cpv: `i${i}`, needs: i === 0 ? [] : needs.map((need) => `i${need % i}`) })),
      );
      expect(state.status).not.toBe('running');
      const open = new Map<string, string>();
      const ended = new Set<string>();
      for (const event of events) {
        if (event.type === 'item.started') {
          expect(open.has(event.item) || ended.has(event.item)).toBe(false);
          expect([...open.values()]).not.toContain(event.host);
          open.set(event.item, event.host);
        }
        if (event.type === 'item.finished' || event.type === 'item.failed') expect(open.delete(event.item)).toBe(true);
        if (event.type === 'item.finished' || event.type === 'item.skipped' || (event.type === 'item.failed' && event.final))
          ended.add(event.item);
      }
      const stopped = state.errors.some(({ code }) => code === 'SW3008');
      if (!stopped) expect([...ended].sort()).toEqual(packages.map((_, i) => `i${i}`).sort());
      expect(open.size).toBe(0);
    }),
    { numRuns: 60 },
  );
});
