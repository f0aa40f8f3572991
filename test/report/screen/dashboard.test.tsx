import { render } from 'ink-testing-library';
import { expect, test, vi } from 'vitest';
import type { DashboardChoice, DashboardData } from '../../../src/report/screen/dashboard/dashboard-data.ts';
import { Dashboard } from '../../../src/report/screen/dashboard/dashboard-view.tsx';
import { terminalStyleAt, widestLine } from './render-screen.ts';

const host = (index: number): DashboardData['hosts'][number] => ({
  name: ['漢字', 'x'.repeat(200), 'd'][index % 3] + String(index),
  status: 'trusted',
  note: '🚀'.repeat(60),
  cores: 4,
  load: 1,
});
const strangeData = (hosts: number, runs: number): DashboardData => ({
  project: '/very/long/'.repeat(30),
  hosts: Array.from({ length: hosts }, (_, index) => host(index)),
  runs: Array.from({ length: runs }, (_, index) => ({
    id: `R${index}`,
    playbook: 'build',
    status: 'ok',
    exit: 0,
    startedAt: '2026-08-21T09:14:02Z',
  })),
  playbooks: Array.from({ length: 50 }, () => 'p'),
  binhost: '\x1b[2J'.repeat(100),
  attention: runs === 1 ? ['漢'.repeat(200)] : [],
  next: Array.from({ length: 9 }, (_, index) => ({
    key: String.fromCharCode(97 + index),
    what: '漢'.repeat(100),
    command: 'c'.repeat(200),
  })),
});

const COUNTS = [
  [0, 0],
  [1, 1],
  [64, 40],
  [500, 300],
] as const;
const SIZES = [
  [1, 1],
  [20, 4],
  [40, 11],
  [80, 23],
  [100, 39], // ink-testing-library's terminal has 100 columns
] as const;

test.each(COUNTS)('%i hosts and %i runs fit every window', (hosts, runs) => {
  for (const [columns, rows] of SIZES) {
    for (const ascii of [false, true]) {
      const { lastFrame, unmount } = render(
        <Dashboard data={strangeData(hosts, runs)} style={terminalStyleAt(columns, rows, { ascii })} onChoice={() => {}} />,
      );
      const frame = lastFrame() ?? '';
      unmount();
      expect(frame.split('\n')).toHaveLength(rows);
      expect(widestLine(frame.split('\n'))).toBeLessThanOrEqual(columns);
      expect(frame).not.toMatch(ascii ? /[^ -~\n]/ : /\x1b\[2J/);
    }
  }
});

const data: DashboardData = {
  project: 'fleet',
  hosts: [
    { name: 'drone-Izar', status: 'proven', route: 'local 10.42.0.203:22', cores: 16 },
    { name: 'drone-Tarn', status: 'misdirected', note: 'answered by Alpha-Centauri' },
  ],
  runs: [
    { id: '7KQ2', playbook: 'build', status: 'running' },
    { id: '9M4T', playbook: 'reboot', status: 'failed', exit: 7 },
  ],
  playbooks: ['build', 'push'],
  binhost: 'orion:/srv/binpkgs  1184 packages',
  attention: [],
  next: [
    { key: 'v', what: 'verify every route', command: 'swarm hosts verify' },
    { key: 'b', what: 'build packages…', command: 'swarm run build ATOM…', ask: 'package atoms' },
  ],
};

/** The dashboard on 80x23, its keyboard, and what was chosen. */
function open(shown: DashboardData = data) {
  const choices: DashboardChoice[] = [];
  const app = render(<Dashboard data={shown} style={terminalStyleAt(80, 23)} onChoice={(choice) => choices.push(choice)} />);
  const shows = (wanted: string | RegExp): Promise<void> => vi.waitFor(() => expect(app.lastFrame()).toMatch(wanted));
  return { ...app, frame: () => app.lastFrame() ?? '', shows, choices };
}

test('it shows the fleet, hosts with problems first, and what to do next with its command', () => {
  const { frame } = open();
  expect(frame()).toMatch(/⊘ drone-Tarn +misdirected +answered by Alpha-Centauri\s+✓ drone-Izar/);
  expect(frame()).toMatch(/1 {2}v {2}verify every route +swarm hosts verify/);
  expect(frame()).toMatch(/>► 7KQ2/);
});

test('what an administrator needs first stands above all else, and takes a line only where there is something', () => {
  expect(open().frame()).not.toContain('attention');
  const { frame } = open({ ...data, attention: ['d1 has changes in /srv/app that no push made', 'd2 is gone'] });
  expect(frame().split('\n')[2]).toMatch(/^ attention +d1 has changes in \/srv\/app that no push made; d2 is gone/);
});

test('the arrow keys choose a run, Enter opens it', async () => {
  const { shows, stdin, choices } = open();
  stdin.write('\x1b[B');
  await shows(/>✗ 9M4T/);
  stdin.write('\r');
  expect(choices).toEqual([{ type: 'run', id: '9M4T' }]);
});

test('a step that needs text asks for it; pasted text counts as typed', async () => {
  const { shows, stdin, choices } = open();
  stdin.write('b');
  await shows('package atoms: _');
  stdin.write('net-misc/curlq');
  await shows('package atoms: net-misc/curlq_');
  stdin.write('\x7f');
  stdin.write('\r');
  expect(choices).toMatchObject([{ type: 'step', step: { key: 'b' }, text: 'net-misc/curl' }]);
});

test('new data is drawn, the chosen run stays', async () => {
  const { shows, stdin, rerender } = open();
  stdin.write('j');
  rerender(<Dashboard data={{ ...data, binhost: 'empty' }} style={terminalStyleAt(80, 23)} onChoice={() => {}} />);
  await shows(/>✗ 9M4T/);
  await shows(/binhost +empty/);
});

test('q and ^C quit', () => {
  for (const key of ['q', '\x03']) {
    const { stdin, choices } = open();
    stdin.write(key);
    expect(choices).toEqual([{ type: 'quit' }]);
  }
});

test('a new project has no run', () => {
  expect(open({ ...data, runs: [] }).frame()).toContain('No run is active, and this project has no earlier run.');
});

test('the head counts the runs that go on, because the list has only some of the others', () => {
  const run = { id: 'R1', playbook: 'build' };
  expect(open({ ...data, runs: [{ ...run, status: 'ok' }] }).frame()).toContain('no active run');
  const active = ['running', 'running (tarn)', 'failed'].map((status, index) => ({ ...run, id: `R${index}`, status }));
  expect(open({ ...data, runs: active }).frame()).toContain('2 active runs');
});
