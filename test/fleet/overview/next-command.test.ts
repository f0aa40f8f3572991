import { expect, test } from 'vitest';
import type { Host } from '../../../src/core/inventory/host.ts';
import { suggestNextCommand } from '../../../src/fleet/overview/next-command.ts';
import { trustStatus } from '../../../src/fleet/trust/trust-status.ts';
import type { RunSummary } from '../../../src/journal/runs/run-list.ts';
import { hostKey, jumpOver, makeHost, pinnedHost } from '../inventory-hosts.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const run = (status: RunSummary['status'], more: Partial<RunSummary> = {}): RunSummary => ({
  ...{ run: 'r1', status, playbook: 'build', check: false, startedAt: '', file: '' },
  ...more,
});
const trusted = pinnedHost('d1', [hostKey('a')]);
const next = (
  hosts: readonly Host[],
  runs: readonly RunSummary[] = [],
  binhost = 'ok',
  misdirected: readonly string[] = [],
  targets: Parameters<typeof suggestNextCommand>[4] = [{ name: 'default', packages: [] }],
): string =>
  suggestNextCommand(
    hosts,
    hosts.map((host) => ({ name: host.name, status: misdirected.includes(host.name) ? 'misdirected' : trustStatus(host, now) })),
    runs,
    { status: binhost },
    targets,
    now,
  );

test('the next command is the most urgent one', () => {
  expect(next([])).toContain('swarm hosts discover');
  expect(next([makeHost('d1')], [run('running')])).toBe('swarm runs watch r1');
  expect(next([makeHost('d1')], [run('failed')])).toBe('swarm hosts trust d1');
  expect(next([trusted], [run('failed')], 'ok', ['d1'])).toBe('swarm hosts verify d1');
  expect(next([trusted], [run('interrupted')])).toBe('swarm runs resume r1');
  expect(next([trusted], [run('failed')])).toBe('swarm runs logs r1 --errors');
  expect(next([{ ...trusted, groups: ['drones'] }], [run('ok')], 'empty')).toBe('swarm run build --help');
  expect(next([{ ...trusted, groups: ['web'] }], [run('ok')], 'empty')).toBe('nothing to do');
  expect(next([trusted], [run('ok')])).toBe('nothing to do');
});

test('what somebody changed in a pushed tree is looked at before a push undoes it', () => {
  const suggest = (playbook: string) => {
    const hosts = [{ name: 'd1', status: 'trusted', changedTrees: [{ playbook }] }];
    return suggestNextCommand([trusted], hosts, [run('ok')], { status: 'ok' }, [], now);
  };
  expect([suggest('push'), suggest('site')]).toEqual(['swarm push --check --limit d1', 'swarm run site --check --limit d1']);
});

test('what is open comes before what cannot be used and before later runs', () => {
  expect(next([makeHost('d1')], [run('interrupted')])).toBe('swarm runs resume r1');
  expect(next([trusted], [run('failed', { run: 'r2' }), run('interrupted')])).toBe('swarm runs resume r1');
});

test('a run of another machine is watched, after what is to be done here', () => {
  const desk = run('elsewhere', { run: 'r3', orchestrator: 'desk' });
  expect(next([trusted], [desk])).toBe('swarm runs watch r3');
  expect(next([trusted], [desk, run('interrupted')])).toBe('swarm runs resume r1');
});

test('a dry run hides no work that is open', () => {
  const dry = run('ok', { run: 'r2', check: true });
  expect(next([trusted], [dry, run('interrupted')])).toBe('swarm runs resume r1');
  expect(next([trusted], [dry, run('ok'), run('running', { run: 'r3' })])).toBe('swarm runs watch r3');
  expect(next([trusted], [run('interrupted', { playbook: 'exec' })])).toBe('nothing to do'); // it cannot be resumed
});

test('several hosts are trusted by one command, which begins with the jump hosts', () => {
  expect(next([makeHost('deep', { routes: [jumpOver('gate')] }), makeHost('gate')])).toBe('swarm hosts trust');
});

test('a block that has ended is taken out', () => {
  expect(next([{ ...trusted, block: { reason: 'disk', until: '2026-11-30' } }])).toBe('swarm hosts unblock d1');
  expect(next([{ ...trusted, block: { reason: 'disk', until: '2026-12-02' } }])).toBe('nothing to do');
});

test('an empty binhost of targets suggests what they are for', () => {
  const drone = { ...trusted, groups: ['drones'] };
  const suggest = (targets: Parameters<typeof next>[4]): string => next([drone], [run('ok')], 'empty', [], targets);
  expect(suggest([{ name: 'rig', packages: ['packages/rig.txt'] }])).toBe('swarm run build --target rig');
  expect(suggest([{ name: 'rig', packages: [] }])).toBe('swarm run build --help'); // no name of a package is right everywhere
});

test('a host that was not reached is asked; once it answers, the run that missed it goes on', () => {
  const missed = run('failed', { exit: 4 });
  const suggest = (status: string, runs: readonly RunSummary[]): string =>
    suggestNextCommand([trusted], [{ name: 'd1', status }], runs, { status: 'ok' }, [], now);
  expect(suggest('unreachable', [missed])).toBe('swarm hosts verify d1');
  expect(suggest('unreachable', [run('ok')])).toBe('swarm hosts verify d1');
  expect(suggest('unreachable', [run('failed', { exit: 2 })])).toBe('swarm runs logs r1 --errors');
  expect(suggest('trusted', [missed])).toBe('swarm runs resume r1');
  expect(suggest('trusted', [{ ...missed, playbook: 'exec' }])).toBe('swarm runs logs r1 --errors'); // it cannot be resumed
});

test('each playbook is judged by its own last run', () => {
  const build = run('failed', { run: 'r1', exit: 2 });
  const push = run('ok', { run: 'r2', playbook: 'push' });
  expect(next([trusted], [push, build])).toBe('swarm runs logs r1 --errors');
  expect(next([trusted], [push, { ...build, exit: 4 }])).toBe('swarm runs resume r1');
  expect(next([trusted], [run('failed', { run: 'r3', playbook: 'push', exit: 4 }), build])).toBe('swarm runs logs r1 --errors');
  expect(next([trusted], [run('ok', { run: 'r3' }), push, build])).toBe('nothing to do'); // built since
  expect(next([trusted], [push, run('failed', { run: 'r1', playbook: 'exec', exit: 2 })])).toBe('nothing to do');
});

test('a drone that fits no target is looked at before something is built', () => {
  const drone = { ...trusted, groups: ['drones'] };
  expect(suggestNextCommand([drone], [{ name: 'd1', status: 'unfit' }], [], { status: 'empty' }, [], now)).toBe('swarm doctor');
});
