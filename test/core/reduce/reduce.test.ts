import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { runErrors, runExitCode } from '../../../src/core/exit/run-errors.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { runDocument } from '../../../src/report/reporters/run-document.ts';

/** The facts as the events of one run, a second apart. */
const eventsOf = (facts: readonly RunEventData[]): readonly RunEvent[] =>
  facts.map((fact, seq) => ({ v: 1, run: 'k3f9', seq, at: new Date(seq * 1000).toISOString(), ...fact }));

const stateAfter = (...facts: readonly RunEventData[]): RunState => eventsOf(facts).reduce(reduce, initialRunState('k3f9'));

const started = (...hosts: readonly string[]): RunEventData => ({
  type: 'run.started',
  playbook: 'build',
  args: { n: 1 },
  hosts,
  check: false,
  diff: false,
  pid: 1,
  version: '0',
});
const connected = (host: string, route = 'local 10.0.0.1:22'): RunEventData => ({ type: 'host.connected', host, route, cores: 8, ms: 5 });
const taskStarted = (host: string): RunEventData => ({ type: 'task.started', host, task: 't1', name: 'Copy', module: 'copy' });
const finished = (host: string, more: Partial<Extract<RunEventData, { type: 'task.finished' }>> = {}): RunEventData => ({
  type: 'task.finished',
  host,
  task: 't1',
  name: 'Copy',
  outcome: 'ok',
  ms: 40,
  ...more,
});
const error = { code: 'SW6001', message: 'exit status 1' };
const planned: RunEventData = {
  type: 'queue.planned',
  items: [
    { id: 'a', needs: [], estimate: 9 },
    { id: 'b', needs: ['a'] },
  ],
};
const itemFailed = (final: boolean, host = 'h'): RunEventData => ({
  type: 'item.failed',
  item: 'a',
  host,
  attempt: 1,
  ms: 2000,
  blame: 'package',
  final,
  error,
});

describe('a run', () => {
  test('starts with its hosts, which have done nothing yet', () => {
    const state = stateAfter(started('h', 'g'));
    expect(state).toMatchObject({ playbook: 'build', args: { n: 1 }, status: 'running', startedAt: '1970-01-01T00:00:00.000Z' });
    expect(state.hosts.keys()).toEqual(['h', 'g']);
    expect(state.hosts.get('h')).toMatchObject({ phase: 'waiting', tally: { ok: 0, failed: 0 }, tail: [], setAside: [] });
  });

  test('has the play, the notes, the errors of the whole run and its end', () => {
    const state = stateAfter(
      started('h'),
      { type: 'play.started', play: 'Build', hosts: ['h'], tasks: 1, queue: false },
      { type: 'run.note', text: 'one' },
      { type: 'run.note', text: 'two' },
      { type: 'run.failed', error },
      { type: 'run.finished', status: 'failed', exit: 2, ms: 1234 },
    );
    expect(state).toMatchObject({ play: 'Build', notes: ['one', 'two'], errors: [error], status: 'failed', exit: 2, ms: 1234 });
  });

  test('that goes on keeps what is done and forgets its failures', () => {
    const state = stateAfter(
      started('h'),
      { type: 'route.setAside', host: 'h', route: 'tailscale 100.64.0.1:22', status: 'misdirected', machine: 'g', error },
      planned,
      { type: 'item.started', item: 'a', host: 'h', attempt: 1 },
      itemFailed(true),
      { type: 'item.skipped', item: 'b', because: 'a' },
      { type: 'run.note', text: 'one' },
      { type: 'run.finished', status: 'failed', exit: 2, ms: 1 },
      { ...started('h'), resumed: true } as RunEventData,
    );
    expect(state).toMatchObject({ status: 'running', errors: [], notes: [], startedAt: '1970-01-01T00:00:00.000Z' });
    expect([state.exit, state.ms, runExitCode(state)]).toEqual([undefined, undefined, 0]);
    expect(state.items.values().map(({ status, error: why }) => [status, why])).toEqual([
      ['queued', undefined],
      ['queued', undefined],
    ]);
    expect(state.hosts.get('h')?.setAside).toHaveLength(1);
  });
});

describe('a host', () => {
  test('is connected over a route, which is no longer set aside', () => {
    const aside: RunEventData = { type: 'route.setAside', host: 'h', route: 'local 10.0.0.1:22', status: 'unreachable', error };
    const state = stateAfter(started('h'), aside, connected('h'));
    expect(state.hosts.get('h')).toMatchObject({ phase: 'connected', route: 'local 10.0.0.1:22', cores: 8, setAside: [] });
  });

  test('keeps which machine answered on a route, until the route is proven', () => {
    const route = 'tailscale 100.64.0.1:22';
    const wrong: RunEventData = { type: 'route.setAside', host: 'h', route, status: 'misdirected', machine: 'g', error };
    const silent: RunEventData = { type: 'route.setAside', host: 'h', route, status: 'unreachable', error };
    expect(stateAfter(started('h'), wrong, silent).hosts.get('h')?.setAside).toEqual([{ route, status: 'misdirected', machine: 'g' }]);
    expect(stateAfter(started('h'), silent, wrong).hosts.get('h')?.setAside).toEqual([{ route, status: 'misdirected', machine: 'g' }]);
    expect(stateAfter(started('h'), wrong, { type: 'route.proven', host: 'h', route }).hosts.get('h')?.setAside).toEqual([]);
    const resumed: RunEventData = { ...started('h'), resumed: true } as RunEventData;
    expect(stateAfter(started('h'), silent, resumed).hosts.get('h')?.setAside).toEqual([]);
    expect(stateAfter(started('h'), wrong, resumed).hosts.get('h')?.setAside).toHaveLength(1);
  });

  test('keeps the end of long lines: 64 KiB of all together', () => {
    const printed = (...lines: string[]) =>
      stateAfter(started('h'), { type: 'task.output', host: 'h', task: 't1', stream: 'stdout', lines });
    const long = 'x'.repeat(256 * 1024);
    const tailOf = (...lines: string[]) =>
      printed(...lines)
        .hosts.get('h')
        ?.tail.map((line) => line.length);
    expect(tailOf(long, long)).toEqual([64 * 1024]);
    expect(tailOf(long, 'short', 'last')).toEqual([5, 4]);
    expect(printed('a', `${long}end`).hosts.get('h')?.tail.at(-1)).toMatch(/xend$/);
  });

  test('runs a task, shows its progress and its last 200 lines, and is free again', () => {
    const lines = Array.from({ length: 250 }, (_, n) => `line ${n}`);
    const running = stateAfter(
      started('h'),
      connected('h'),
      taskStarted('h'),
      { type: 'task.progress', host: 'h', task: 't1', phase: 'fetch', done: 1, total: 3 },
      { type: 'task.output', host: 'h', task: 't1', stream: 'stdout', lines },
    );
    expect(running.hosts.get('h')).toMatchObject({ phase: 'running', task: 'Copy', lines: 250, since: '1970-01-01T00:00:02.000Z' });
    expect(running.hosts.get('h')?.progress).toEqual({ phase: 'fetch', done: 1, total: 3 });
    expect([running.hosts.get('h')?.tail.length, running.hosts.get('h')?.tail.at(-1)]).toEqual([200, 'line 249']);
    const free = stateAfter(started('h'), connected('h'), taskStarted('h'), finished('h', { outcome: 'changed' }));
    expect(free.hosts.get('h')).toMatchObject({ phase: 'connected', tally: { changed: 1 }, busyMs: 40 });
    expect([free.hosts.get('h')?.task, free.hosts.get('h')?.progress]).toEqual([undefined, undefined]);
  });

  test.each([
    ['failed', 'connected', 2, 'SW6001'],
    ['unreachable', 'lost', 4, 'SW2005'],
    ['refused', 'connected', 7, 'SW3002'],
  ] as const)('counts a task that is %s, and its error is one of the run', (outcome, phase, exit, code) => {
    const state = stateAfter(started('h'), finished('h', { outcome, error: { code, message: 'm' } }));
    expect(state.hosts.get('h')).toMatchObject({ phase, tally: { [outcome]: 1 } });
    expect(state.errors).toEqual([{ code, message: 'm', host: 'h' }]);
    expect(runExitCode(state)).toBe(exit);
  });

  test('counts a failure that is ignored as ok, and the run as well', () => {
    const state = stateAfter(started('h'), finished('h', { outcome: 'failed', ignored: true, error }));
    expect(state.hosts.get('h')?.tally).toMatchObject({ ok: 1, failed: 0 });
    expect([state.errors, runExitCode(state)]).toEqual([[], 0]);
  });

  test.each([
    ['host.unreachable', 'unreachable', 'SW2001', 4],
    ['host.refused', 'refused', 'SW3001', 7],
  ] as const)('that is reached by no route: %s', (type, phase, code, exit) => {
    const state = stateAfter(started('h'), { type, host: 'h', error: { code, message: 'm' } });
    expect(state.hosts.get('h')).toMatchObject({ phase, tally: { [phase]: 1 } });
    expect([state.errors, runExitCode(state)]).toEqual([[{ code, message: 'm', host: 'h' }], exit]);
  });

  test('that loses its connection is lost until it has one again', () => {
    const lost: RunEventData = { type: 'host.lost', host: 'h', error };
    expect(stateAfter(started('h'), connected('h'), lost).hosts.get('h')?.phase).toBe('lost');
    const back = stateAfter(started('h'), connected('h'), lost, connected('h', 'local 10.0.0.2:22'));
    expect(back.hosts.get('h')).toMatchObject({ phase: 'connected', route: 'local 10.0.0.2:22' });
    expect(back.errors).toEqual([]);
  });
});

describe('an item of a queue', () => {
  test('is queued, runs on a host and is published', () => {
    const begun = [started('h'), planned, { type: 'item.started', item: 'a', host: 'h', attempt: 1 }] as const;
    const running = stateAfter(...begun);
    expect(running.items.get('a')).toMatchObject({ status: 'running', host: 'h', attempts: 1, estimate: 9, needs: [] });
    expect(running.hosts.get('h')).toMatchObject({ item: 'a', phase: 'running' });
    const done = stateAfter(...begun, { type: 'item.finished', item: 'a', host: 'h', attempt: 1, ms: 2500 });
    expect(done.items.get('a')).toMatchObject({ status: 'published', seconds: 2.5 });
    expect(done.hosts.get('h')?.item).toBeUndefined();
    expect(done.items.get('b')?.status).toBe('queued');
  });

  test('that may be tried again is queued and no error of the run; the last failure is one', () => {
    const again = stateAfter(started('h', 'g'), planned, itemFailed(false));
    expect([again.items.get('a')?.status, again.errors, runExitCode(again)]).toEqual(['queued', [], 0]);
    const final = stateAfter(started('h', 'g'), planned, itemFailed(false), itemFailed(true, 'g'));
    expect(final.items.get('a')).toMatchObject({
      status: 'failed',
      tries: [
        { host: 'h', blame: 'package' },
        { host: 'g', blame: 'package' },
      ],
    });
    expect([final.errors, runExitCode(final)]).toEqual([[{ ...error, host: 'g' }], 2]);
  });

  test('has its failure told once, by the item and not by its task', () => {
    const state = stateAfter(started('h'), planned, finished('h', { outcome: 'failed', item: 'a', error }), itemFailed(true));
    expect(state.errors).toHaveLength(1);
  });

  test('is skipped with what it needs', () => {
    expect(stateAfter(started('h'), planned, { type: 'item.skipped', item: 'b', because: 'a' }).items.get('b')?.status).toBe('skipped');
  });

  test('that is planned again keeps what is known of it; a plan of nothing is nothing to do', () => {
    const twice = stateAfter(started('h'), planned, { type: 'item.finished', item: 'a', host: 'h', attempt: 1, ms: 1 }, planned);
    expect(twice.items.get('a')?.status).toBe('published');
    expect([twice.nothingToDo, stateAfter(started('h'), { type: 'queue.planned', items: [] }).nothingToDo]).toEqual([false, true]);
  });

  test('what a client of an update gets and does not get is in the document of the run', () => {
    const updates = [{ cpv: 'a/b-2', from: 'a/b-1' }];
    const missing = [{ cpv: 'a/c-1', reason: 'not built', because: 'it was never built' }];
    const examined = (host: string, lacks: typeof missing): RunEventData => ({
      ...{ type: 'client.examined', host, task: 't1', target: 'desktop', updates, missing: lacks },
    });
    const state = stateAfter(started('h'), examined('c1', missing), examined('c2', []));
    expect(runDocument(state)['clients']).toEqual([
      { name: 'c1', status: 'behind', target: 'desktop', updates, missing },
      { name: 'c2', status: 'current', target: 'desktop', updates, missing: [] },
    ]);
    expect(runDocument(stateAfter(started('h')))).not.toHaveProperty('clients');
  });

  test('a held package is held until it is published', () => {
    const fields = { host: 'h', task: 't1', cpv: 'a/b-1', path: 'a/b-1.gpkg.tar' };
    const held = (needs: readonly string[]): RunEventData => ({ type: 'package.held', ...fields, needs });
    const waiting = stateAfter(started('h'), held(['a/c']), held(['a/d']));
    expect(waiting.held).toEqual([{ cpv: 'a/b-1', path: 'a/b-1.gpkg.tar', needs: ['a/d'] }]);
    const published: RunEventData = { type: 'package.published', ...fields, size: 9, sha256: 'x', generation: 1 };
    expect(stateAfter(started('h'), held(['a/c']), published).held).toEqual([]);
  });

  test('a held package that was asked for is an error with the command to type, but not in a check', () => {
    const fact: RunEventData = { type: 'package.held', host: 'h', task: 't1', cpv: 'a/b-1', path: 'p', needs: ['a/c'], target: 'desktop' };
    const asked = stateAfter(started('h'), { ...fact, wanted: 'a/b' });
    expect(runErrors(asked)).toEqual([
      {
        code: 'SW6021',
        message: 'a/b-1 is built, but clients cannot install it yet: it needs a/c',
        hint: 'To build what it needs, run: swarm run build a/b --target desktop',
      },
    ]);
    expect([asked, { ...asked, check: true }, stateAfter(started('h'), fact)].map(runExitCode)).toEqual([2, 0, 0]);
    expect(runExitCode(stateAfter(started('h'), { ...fact, wanted: 'a/b' }, fact))).toBe(2);
    const other = { ...fact, target: 'server' };
    const published: RunEventData = { ...other, type: 'package.published', path: 'p', size: 9, sha256: 'x', generation: 1 };
    expect(runExitCode(stateAfter(started('h'), { ...fact, wanted: 'a/b' }, published))).toBe(2);
    expect(runExitCode(stateAfter(started('h'), { ...fact, wanted: 'a/b' }, { ...published, path: 'p2', target: 'desktop' }))).toBe(0);
  });

  test('leaves its package, once for each file; two targets may have different files under one path', () => {
    const published = (sha256: string): RunEventData => ({
      type: 'package.published',
      host: 'h',
      task: 't1',
      cpv: 'a/b-1',
      path: 'a/b-1.gpkg.tar',
      size: 9,
      sha256,
      generation: 1,
    });
    const entry = (sha256: string) => ({ cpv: 'a/b-1', path: 'a/b-1.gpkg.tar', size: 9, sha256, host: 'h' });
    const { published: found } = stateAfter(started('h'), published('x'), published('y'), published('x'));
    expect(found).toEqual([entry('y'), entry('x')]);
  });
});

test.each([
  ['SW2001', 'unreachable', 4],
  ['SW3001', 'refused', 7],
  ['SW6011', 'failed', 2],
] as const)('a client that cannot be asked (%s) is %s, and the run ends with exit %i', (code, outcome, exit) => {
  const error = { code, message: 'nothing is built for it' };
  const state = stateAfter(started('h'), { type: 'client.failed', host: 'h', task: 't1', client: 'c1', target: 'desktop', error });
  expect(state.hosts.get('c1')?.tally[outcome]).toBe(1);
  expect(state.errors).toEqual([{ ...error, host: 'c1' }]);
  expect(runExitCode(state)).toBe(exit);
});

test.each([
  { type: 'task.retried', host: 'h', task: 't1', attempt: 2, of: 3 },
  { type: 'guard.passed', host: 'h', task: 't1', subject: 'reboot of h', rules: ['no job'] },
  { type: 'host.rebooting', host: 'h', task: 't1', bootId: 'b', initStart: '1' },
  { type: 'host.rebooted', host: 'h', task: 't1', bootId: 'c', initStart: '2', ms: 9 },
  { type: 'job.started', host: 'h', task: 't1', job: 'j', offset: 0 },
  { type: 'job.attached', host: 'h', task: 't1', job: 'j', offset: 0 },
  { type: 'job.finished', host: 'h', task: 't1', job: 'j', exit: 0, bytes: 9 },
] satisfies readonly RunEventData[])('$type is only in the journal', (fact) => {
  expect(stateAfter(started('h'), fact)).toEqual(stateAfter(started('h')));
});

test('a host that the run did not name is known from its first event on', () => {
  expect(stateAfter(started('h'), connected('jump')).hosts.get('jump')?.phase).toBe('connected');
});

describe('for any events', () => {
  const HOSTS = ['h', 'g', 'f'];
  const host = fc.constantFrom(...HOSTS);
  const outcome = fc.constantFrom('ok', 'changed', 'skipped', 'failed', 'unreachable', 'refused' as const);
  const route = fc.constantFrom('local 10.0.0.1:22', 'tailscale 100.64.0.1:22');
  /** What happens on one host, apart from items, whose failures are also errors of the run in their order. */
  const onHost: fc.Arbitrary<RunEventData> = fc.oneof(
    fc.record({ type: fc.constant('host.connected' as const), host, route, cores: fc.constant(8), ms: fc.nat(99) }),
    fc.record({ type: fc.constant('host.lost' as const), host, error: fc.constant(error) }),
    fc.record({ type: fc.constant('route.proven' as const), host, route }),
    fc.record({
      type: fc.constant('route.setAside' as const),
      host,
      route,
      status: fc.constantFrom('unreachable' as const, 'misdirected' as const),
      machine: fc.constantFrom('g', 'x'),
      error: fc.constant(error),
    }),
    fc.record({
      type: fc.constant('task.output' as const),
      host,
      task: fc.constant('t1'),
      stream: fc.constant('stdout' as const),
      lines: fc.array(fc.string(), { maxLength: 3 }),
    }),
    host.map(taskStarted),
    fc.record({ name: host, outcome, ignored: fc.boolean() }).map(({ name, ...more }) => finished(name, more)),
  );
  const facts = fc.array(onHost, { maxLength: 40 });

  /** Events of the run are given their times before they are mixed, as two hosts of one run have them. */
  const perHost = (events: readonly RunEvent[]): readonly RunEvent[] =>
    [...events].sort((one, other) => HOSTS.indexOf('host' in one ? one.host : '') - HOSTS.indexOf('host' in other ? other.host : ''));

  test('the order between hosts does not matter', () => {
    fc.assert(
      fc.property(facts, (some) => {
        const [first, ...rest] = eventsOf([started(...HOSTS), ...some]);
        const from = reduce(initialRunState('k3f9'), first as RunEvent);
        expect(perHost(rest).reduce(reduce, from).hosts).toEqual(rest.reduce(reduce, from).hosts);
      }),
    );
  });

  test('a replay gives the same state, also in two parts and after JSON', () => {
    fc.assert(
      fc.property(facts, fc.nat(41), (some, cut) => {
        const events = eventsOf([started(...HOSTS), planned, ...some]);
        const whole = events.reduce(reduce, initialRunState('k3f9'));
        const again = JSON.parse(JSON.stringify(events)) as readonly RunEvent[];
        expect(again.reduce(reduce, initialRunState('k3f9'))).toEqual(whole);
        const part = events.slice(0, cut).reduce(reduce, initialRunState('k3f9'));
        expect(events.slice(cut).reduce(reduce, part)).toEqual(whole);
      }),
    );
  });

  test('no state and no event is changed in place', () => {
    const frozen = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null && !Object.isFrozen(value))
        for (const each of Object.values(Object.freeze(value))) frozen(each);
      return value;
    };
    fc.assert(
      fc.property(facts, (some) => {
        const events = frozen(eventsOf([started(...HOSTS), planned, ...some]));
        events.reduce((state, event) => frozen(reduce(state, event)), frozen(initialRunState('k3f9')));
      }),
    );
  });

  test('every finished task is counted once', () => {
    fc.assert(
      fc.property(facts, (some) => {
        const state = stateAfter(started(...HOSTS), ...some);
        const counted = state.hosts.values().flatMap(({ tally }) => Object.values(tally));
        expect(counted.reduce((sum, each) => sum + each, 0)).toBe(some.filter(({ type }) => type === 'task.finished').length);
      }),
    );
  });
});

test('a host remembers the tasks that began to change something until they finish, also when the run is resumed', () => {
  const changed: RunEventData = { type: 'task.changed', host: 'h', task: 't1', verb: 'create', subject: '/x' };
  const resumed: RunEventData = { ...started('h'), resumed: true } as RunEventData;
  expect(stateAfter(started('h'), changed, changed, resumed).hosts.get('h')?.changing).toEqual(['t1']);
  const finished: RunEventData = { type: 'task.finished', host: 'h', task: 't1', name: 't', outcome: 'ok', ms: 1 };
  expect(stateAfter(started('h'), changed, finished, resumed).hosts.get('h')?.changing).toBeUndefined();
});
