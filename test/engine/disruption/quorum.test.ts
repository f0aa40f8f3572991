import { expect, test } from 'vitest';
import type { Disruption } from '../../../src/core/disruption.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { type AnyModule, defineModule } from '../../../src/core/module.ts';
import { z } from '../../../src/index.ts';
import type { RouteReport } from '../../../src/remote/connect/connect-options.ts';
import { createFleet, fleetProbeOver, memoryDisruptions, type TestFleet } from '../fleet.ts';
import { hostNamed } from '../machine.ts';
import { testModules } from '../modules.ts';

const NOW = '2026-01-01T00:00:00.000Z'; // where the tests' clock begins
const PLAY = 'plays: [{ hosts: drones, tasks: [{ name: boom, explode: {} }] }]';
const away = (host: string, change: Partial<Disruption> = {}): Disruption => ({
  ...{ id: `of-${host}`, run: 'k3f9', host, subject: `reboot of ${host}`, at: '2025-12-31T23:50:00.000Z' },
  ...{ bootId: `boot-of-${host}`, initStart: '1', restarts: true, automatic: false },
  ...change,
});
const unreachable = (hosts: TestFleet, ...names: string[]): void => {
  for (const name of names) hosts.machine(name).refusals.push(...Array.from({ length: 9 }, () => new SwarmError('SW2001', 'nobody')));
};
const run = (hosts: TestFleet, past: readonly Disruption[] = [], extra: Parameters<TestFleet['run']>[1] = {}, yaml = PLAY) => {
  const disruptions = memoryDisruptions(past);
  return hosts.run(yaml, {
    options: { limit: 'a' },
    ...extra,
    deps: { fleetProbe: fleetProbeOver(hosts.machine, { disruptions }), ...extra.deps },
  });
};

test('half of the group and at least one host must be usable without it', async () => {
  const three = createFleet('a', 'b', 'c');
  unreachable(three, 'c');
  expect((await run(three)).state.errors[0]).toMatchObject({
    code: 'SW3006',
    message: expect.stringMatching(/drones would have 1 usable of 3 hosts, and needs 2/),
  });
  const four = createFleet('a', 'b', 'c', 'd');
  unreachable(four, 'd');
  expect((await run(four)).finished).toEqual(['a boom changed']);
  const pair = createFleet('a', hostNamed('b', { block: { reason: 'disk', until: '2099-01-01' } }));
  expect((await run(pair)).state.errors[0]).toMatchObject({ message: expect.stringContaining('(blocked: b)') });
  expect((await run(createFleet('a'))).finished).toEqual(['a boom changed']); // a group of one has no quorum to keep
});

test('no other host is rebooted while a host that any run rebooted has not come back', async () => {
  const hosts = createFleet('a', 'b', 'c', 'd', 'e');
  unreachable(hosts, 'e');
  const { state } = await run(hosts, [away('e')]);
  expect(state.errors[0]).toMatchObject({
    code: 'SW3006',
    message: expect.stringMatching(/e has not come back \(reboot of e, 10 min ago, run k3f9\)/),
  });
  const blocked = createFleet('a', 'b', 'c', 'd', hostNamed('e', { block: { reason: 'dead', until: '2099-01-01' } }));
  unreachable(blocked, 'e');
  expect((await run(blocked, [away('e')])).finished).toEqual(['a boom changed']);
  const back = createFleet('a', 'b', 'c');
  back.machine('c').bootId = 'another';
  expect((await run(back, [away('c', { at: NOW })])).finished).toEqual(['a boom changed']);
});

test('a host that is about to restart does not count as back', async () => {
  const hosts = createFleet('a', 'b', 'c');
  expect((await run(hosts, [away('c', { at: NOW })])).state.errors[0]).toMatchObject({ message: expect.stringContaining('is still up') });
  expect((await run(hosts, [away('c')])).finished).toEqual(['a boom changed']); // ten minutes ago: it never went down
});

const automatic: AnyModule = defineModule({
  summary: 'a restart',
  args: z.strictObject({ automatic: z.boolean().default(false), drain: z.boolean().default(false) }),
  example: '',
  async *run(_probe, { automatic, drain }) {
    yield {
      verb: 'run',
      subject: 'restart',
      disruptive: true,
      restarts: true,
      automatic,
      drain,
      apply: async (remote) => void (await remote.exec({ argv: ['true'] })),
    };
    return {};
  },
});
const modules = {
  names: [...testModules.names, 'restart'],
  load: async (name: string) => (name === 'restart' ? automatic : testModules.load(name)),
};

test('an automatic restart has a budget of one in 24 hours; a person’s has none', async () => {
  const playbook = (args: string): string =>
    `plays: [{ hosts: drones, tasks: [{ name: boom, explode: {} }] }]`.replace('explode: {}', args);
  const recent = away('a', { at: '2025-12-31T12:00:00.000Z', automatic: true, endedAt: '2025-12-31T12:01:00.000Z' });
  const old = { ...recent, at: '2025-12-30T12:00:00.000Z' };
  const go = async (args: string, past: readonly Disruption[]): Promise<string | undefined> => {
    const hosts = createFleet('a', 'b', 'c');
    const { parsePlaybook } = await import('../../../src/language/playbook/read-playbook.ts');
    await parsePlaybook('x.yml', playbook(args), modules);
    const { state } = await runWith(hosts, playbook(args), past);
    return state.errors[0]?.message;
  };
  expect(await go('restart: { automatic: true }', [recent])).toMatch(/restarted automatically in the last 24 hours/);
  expect(await go('restart: { automatic: true }', [old])).toBeUndefined();
  expect(await go('restart: {}', [recent])).toBeUndefined();
});

test('drain waits for the jobs that would refuse it', async () => {
  const hosts = createFleet('a', 'b', 'c');
  const job = { command: { argv: ['make'] as [string] }, output: '', status: 'running' as const, exit: 0, waiters: [] };
  hosts.machine('a').jobs.set('other-run', job);
  const yaml = 'plays: [{ hosts: drones, tasks: [{ name: boom, restart: { drain: true } }] }]';
  const { clock, finished, events } = await runWith(hosts, yaml, [], (slept) => slept === 3 && hosts.machine('a').finish('other-run', 0));
  expect(finished).toEqual(['a boom changed']);
  expect(clock).toBeGreaterThanOrEqual(3);
  expect(events.some((event) => event.type === 'task.progress' && event.phase === 'waiting')).toBe(true);
});

test('a second run is refused during a reboot of the first, and the error names the first', async () => {
  const hosts = createFleet('a', 'b', 'c');
  const disruptions = memoryDisruptions();
  const lookout = fleetProbeOver(hosts.machine, { disruptions });
  await using _ = await disruptions.acquireLock({ run: 'k3f9', host: 'b', subject: 'reboot of b' });
  const { state } = await hosts.run(PLAY, { options: { limit: 'a' }, deps: { fleetProbe: lookout } });
  expect(state).toMatchObject({ exit: 7, errors: [{ code: 'SW3003' }] });
  expect(hosts.machine('a').rights).toEqual([]);
});

test('routes are verified again: a wrong machine refuses the change, no answer does not, and a corrected route is reported', async () => {
  const report = (status: RouteReport['status'], change: Partial<RouteReport> = {}) => {
    const hosts = createFleet('a', 'b', 'c');
    const verify = async (): Promise<readonly RouteReport[]> => [
      { host: 'a' as never, user: 'root', route: { kind: 'local', address: '10.0.0.9', port: 22 }, status, ms: 1, ...change },
    ];
    return hosts.run(PLAY, { options: { limit: 'a' }, deps: { fleetProbe: fleetProbeOver(hosts.machine, { verifyRoutes: verify }) } });
  };
  const wrong = await report('misdirected', { machine: 'gateway' as never, error: new SwarmError('SW3001', 'gateway answers') });
  expect(wrong.state.errors[0]).toMatchObject({
    code: 'SW3001',
    message: expect.stringContaining('local 10.0.0.9:22 leads to gateway'),
    hint: expect.stringMatching(/might have hit gateway.*swarm hosts verify a/s),
  });
  expect(wrong.state.hosts.get('a')?.setAside).toEqual([{ route: 'local 10.0.0.9:22', status: 'misdirected', machine: 'gateway' }]);
  const stranger = await report('untrusted', { error: new SwarmError('SW2003', 'a key that was never pinned') });
  expect(stranger.state.errors[0]).toMatchObject({ code: 'SW2003' });
  expect((await report('unreachable', { error: new SwarmError('SW2001', 'nobody') })).finished).toEqual(['a boom changed']);
});

test('/etc/swarm.protected refuses the change despite --allow-protected; so does a file that cannot be checked', async () => {
  const hosts = createFleet('a', 'b', 'c');
  hosts.machine('a').files.set('/etc/swarm.protected', '');
  const { state } = await run(hosts, [], { options: { limit: 'a', allowProtected: 'a' as never } });
  expect(state).toMatchObject({ exit: 7, errors: [{ code: 'SW3002', message: expect.stringContaining('/etc/swarm.protected') }] });
});

test('--allow-protected takes an exact name of the inventory', async () => {
  await expect(run(createFleet('drone-a'), [], { options: { allowProtected: 'drone-b' as never } })).rejects.toMatchObject({
    code: 'SW1203',
    hint: 'Did you mean drone-a?',
  });
});

/** With the module `restart`; `tick` is told how often somebody has slept. */
async function runWith(hosts: TestFleet, yaml: string, past: readonly Disruption[], tick: (slept: number) => unknown = () => {}) {
  const { runPlaybook: start } = await import('../../../src/engine/run.ts');
  const { parsePlaybook } = await import('../../../src/language/playbook/read-playbook.ts');
  const { memoryJournal, finishedIn } = await import('../fleet.ts');
  const { virtualClock } = await import('../clock.ts');
  const clock = virtualClock();
  let slept = 0;
  const journal = memoryJournal();
  const state = await start(
    await parsePlaybook('test.yml', yaml, modules),
    {},
    { check: false, diff: false, forks: 10, tags: [], skipTags: [], limit: 'a' },
    {
      inventory: hosts.inventory,
      connect: (host, signal) => hosts.machine(host.name).connect(signal),
      fleetProbe: fleetProbeOver(hosts.machine, { disruptions: memoryDisruptions(past) }),
      modules,
      journal,
      paths: {
        project: '/project',
        run: journal.run,
        staging: '/stage',
        binhost: hosts.inventory.binhost,
        targets: hosts.inventory.targets,
        files: [],
        templates: [],
      },
      signal: new AbortController().signal,
      clock: {
        now: clock.now,
        sleep: async (ms, signal) => {
          tick(++slept);
          await clock.sleep(ms, signal);
        },
      },
      openJobs: (connection) => hosts.machine(connection.host.name).jobsOver(connection),
      listJobs: async (connection) => [...hosts.machine(connection.host.name).jobs.keys()],
    },
  );
  return { state, events: journal.events, finished: finishedIn(journal.events), clock: slept };
}
