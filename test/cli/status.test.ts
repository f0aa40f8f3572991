import { expect, test } from 'vitest';
import { formatOverview } from '../../src/cli/status/status.ts';
import type { Overview } from '../../src/fleet/overview/overview.ts';
import { detectTerminalStyle } from '../../src/report/text/terminal-style.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const overview: Overview = {
  hosts: [
    { name: 'alpha-centauri', status: 'trusted', cores: 4, protected: true, routes: ['local 10.42.0.1:22'] },
    {
      name: 'drone-tarn',
      status: 'blocked',
      cores: undefined,
      protected: false,
      routes: ['local 10.42.0.199:22', 'tailscale 100.64.0.91:22'],
      block: { reason: 'new disk', until: '2026-12-03T12:00:00Z', since: '2026-12-01T09:00:00Z' },
    },
  ],
  totals: { hosts: 2, cores: 4 },
  runs: [{ id: '20261201-115700-ab12', playbook: 'build', check: false, status: 'failed', startedAt: '2026-12-01T11:57:00Z', exit: 2 }],
  binhost: { id: '/srv/binhost', status: 'ok', packages: 12, size: 2 ** 20 },
  next: 'swarm runs logs 20261201-115700-ab12 --errors',
};
const lines = (columns: number): readonly string[] =>
  formatOverview(overview, { ...detectTerminalStyle({}, {}), columns }, now).map((line) =>
    line.replace(/until \w+ \d\d:\d\d/, 'until DAY TIME'),
  );

test('status shows hosts, runs and binhost, with times relative to now', () => {
  expect(lines(200)).toEqual([
    expect.stringMatching(/^HOST +STATUS +CORES {2}ROUTES$/),
    expect.stringMatching(/^alpha-centauri \(protected\) {2}trusted +4 +local 10\.42\.0\.1:22$/),
    expect.stringMatching(/^drone-tarn +blocked: new disk, set 3 h ago, until DAY TIME \(in 2 d\) +\? +local 10\.42\.0\.199:22, tailscale/),
    '2 hosts, 4 cores (not known of 1 host)',
    '',
    'run       20261201-115700-ab12  build  failed  3 min ago',
    'binhost   /srv/binhost  12 packages, 1 MiB',
    'next      swarm runs logs 20261201-115700-ab12 --errors',
  ]);
});

test('in 40 columns names, states and failures stay whole', () => {
  expect(lines(40)).toEqual([
    'HOST            STATUS',
    'alpha-centauri  trusted',
    '  protected',
    'drone-tarn      blocked',
    expect.stringMatching(/^ {2}new disk, set 3 h ago, until/),
    expect.stringMatching(/\(in 2 d\)$/),
    '2 hosts, 4 cores (not known of 1 host)',
    '',
    'run       20261201-115700-ab12',
    '          build  failed  3 min ago',
    'binhost   /srv/binhost',
    '          12 packages, 1 MiB',
    'next      swarm runs logs 20261201-115700-ab12 --errors',
  ]);
});

test('a drone that does not fit is shown with the reason and the fix, and each target with its binhost', () => {
  const unfit = [
    { target: 'desktop', because: 'tree of gentoo is 3 days older', fix: 'Run: swarm run sync -l d2', at: '2026-12-01T11:00:00Z' },
  ];
  const host = { name: 'd2', status: 'unfit', because: 'desktop: tree of gentoo is 3 days older', unfit } as const;
  const targets = [
    { name: 'desktop', id: '/srv/desktop', status: 'ok', packages: 3, size: 1024, drones: ['d1'], clients: [] },
    { name: 'server', id: 'nas:/srv/server', status: 'remote', packages: 0, size: 0, drones: ['d1'], clients: [] },
  ] as const;
  const shown = formatOverview(
    { ...overview, hosts: [{ ...host, cores: 2, protected: false, routes: [] }], targets },
    { ...detectTerminalStyle({}, {}), columns: 200 },
    now,
  );
  expect(shown[1]).toMatch(/^d2 +unfit: desktop: tree of gentoo is 3 days older/);
  expect(shown.join('\n')).toMatch(
    /^d2 gets nothing of target desktop: tree of gentoo is 3 days older, .* ago\. Run: swarm run sync -l d2$/m,
  );
  const same = {
    ...host,
    unfit: unfit.map((each) => ({ ...each, fix: 'Run: swarm run sync' })),
    cores: 2,
    protected: false,
    routes: [],
  } as const;
  const both = formatOverview(
    { ...overview, hosts: [same, { ...same, name: 'd3' }] },
    { ...detectTerminalStyle({}, {}), columns: 200 },
    now,
  );
  expect(both.join('\n')).toMatch(/^d2, d3 get nothing of target desktop: tree of gentoo is 3 days older, .* ago\. Run: swarm run sync$/m);
  expect(shown.filter((line) => /^(target|binhost)/.test(line))).toEqual([
    'target    desktop  /srv/desktop  3 packages, 1 KiB',
    'target    server  nas:/srv/server',
  ]);
});

test('a tree that somebody changed on a host is shown with what to type, also where another playbook pushes it', () => {
  const tree = { tree: '/etc/swarm', paths: ['a.conf'], at: '2026-12-01T11:57:00Z', playbook: 'push' };
  const changedTrees = [tree, { ...tree, tree: '/srv/www', playbook: 'site' }];
  const host = { name: 'd2', status: 'trusted', cores: 2, protected: false, routes: [], changedTrees } as const;
  const shown = formatOverview({ ...overview, hosts: [host] }, { ...detectTerminalStyle({}, {}), columns: 200 }, now);
  const found = shown.filter((line) => line.startsWith('d2 has changes'));
  expect(found).toEqual([
    'd2 has changes in /etc/swarm that no push made: a.conf, 3 min ago. To see all: swarm push --limit d2 --check. To undo them: swarm push --limit d2',
    expect.stringContaining('To undo them: swarm run site --limit d2'),
  ]);
});

test('a host whose key is another one is not shown as if all were well', () => {
  const unproven = [{ route: 'local 10.0.0.2:22', message: 'the host key is not pinned', since: '2026-12-01T11:57:00Z' }];
  const host = { name: 'd2', status: 'misdirected', cores: 2, protected: false, routes: [], unproven } as const;
  const shown = formatOverview({ ...overview, hosts: [host] }, { ...detectTerminalStyle({}, {}), columns: 200 }, now);
  expect(shown).toContain(
    'd2 is not proven on local 10.0.0.2:22: the host key is not pinned, 3 min ago. What to do: swarm hosts verify d2',
  );
});

test('an item that is silent is shown with its age and the command that shows its output; a host that was asked with its answer', () => {
  const silent = [{ run: 'r1', item: 'dev-libs/icu-75', host: 'd1', since: '2026-12-01T09:00:00Z' }];
  const builds = [{ run: 'r1', item: 'dev-libs/icu-75', since: '2026-12-01T08:00:00Z' }];
  const trusted = { status: 'trusted', cores: 4, protected: false, routes: ['local 10.0.0.1:22'] } as const;
  const answer = { status: 'proven', ms: 5, load: [0.5, 1, 2], memory: { free: 2 ** 30, total: 2 ** 31 }, builds } as const;
  const none = { status: 'silent', builds: [], error: { code: 'SW2001', message: 'no answer within 5 s' } } as const;
  const text = formatOverview(
    {
      ...overview,
      silent,
      hosts: [
        { name: 'd1', ...trusted, live: answer },
        { name: 'd2', ...trusted, live: none },
      ],
    },
    { ...detectTerminalStyle({}, {}), columns: 200 },
    now,
  ).join('\n');
  expect(text).toMatch(
    /^silent +dev-libs\/icu-75 on d1 {2}last output 3 h ago {2}swarm runs logs r1 d1\n +if d1 will not come back, run: swarm hosts gone d1$/m,
  );
  expect(text).toMatch(/^d1 +proven +4 +0\.50 1\.00 2\.00 +1 GiB of 2 GiB +dev-libs\/icu-75 \(4 h ago\)$/m);
  expect(text).toMatch(/^d2 +silent: no answer within 5 s/m);
  expect(text).toContain('no answer from d2. To see why, run: swarm hosts verify d2');
});

test('healing and a queue that waits are shown with their age', () => {
  const [host] = overview.hosts;
  const healing = [
    { step: 'clean', status: 'healed', at: '2026-12-01T09:00:00Z', run: 'r1' },
    { step: 'reboot', status: 'failed', at: '2026-12-01T11:00:00Z', run: 'r1', because: 'the host has not restarted' },
  ] as const;
  const paused = [{ run: 'r1', because: 'SW2005: the link is lost', since: '2026-12-01T11:30:00Z', until: '2026-12-01T12:10:00Z' }];
  const shown = { ...overview, hosts: host === undefined ? [] : [{ ...host, healing }], paused };
  const text = formatOverview(shown, { ...detectTerminalStyle({}, {}), columns: 200 }, now).join('\n');
  expect(text).toContain('healing   alpha-centauri  clean  healed  3 h ago, run r1\n');
  expect(text).toMatch(/healing {3}alpha-centauri {2}reboot {2}failed {2}\S+ \S+ ago, run r1: the host has not restarted/);
  expect(text).toContain('paused    run r1, 30 min ago: the drones fail alike  SW2005: the link is lost');
});

test('a host that the last connections did not reach is shown with the reason and the time', () => {
  const unreachable = { since: '2026-12-01T09:00:00Z', message: 'local 10.0.0.1:22: connection refused' };
  const host = { name: 'd1', status: 'unreachable', unreachable, cores: 4, protected: false, routes: ['local 10.0.0.1:22'] } as const;
  const shown = formatOverview({ ...overview, hosts: [host] }, { ...detectTerminalStyle({}, {}), columns: 200 }, now);
  expect(shown[1]).toMatch(/^d1 +unreachable: local 10\.0\.0\.1:22: connection refused, 3 h ago/);
});

test('a disk that is too full for a run is named', () => {
  const full = { ...overview, disk: { path: '/srv/fleet', free: 40_960 } };
  const text = formatOverview(full, { ...detectTerminalStyle({}, {}), columns: 200 }, now).join('\n');
  expect(text).toMatch(/^disk +\/srv\/fleet is full: 40(\.0)? KiB free {2}no run can write its journal$/m);
});

test('a run of another machine is shown with it', () => {
  const run = { id: 'r2', playbook: 'build', check: false, status: 'elsewhere', startedAt: '2026-12-01T11:57:00Z', exit: null } as const;
  const shared = { ...overview, runs: [{ ...run, orchestrator: 'desk' }] };
  const text = formatOverview(shared, { ...detectTerminalStyle({}, {}), columns: 200 }, now).join('\n');
  expect(text).toMatch(/^open +r2 {2}build {2}elsewhere \(desk\) {2}3 min ago$/m);
});
