import { expect, test } from 'vitest';
import { type DashboardData, dashboardLines } from '../../../src/report/screen/dashboard.ts';
import { renderLines, terminalStyleAt, widestLine } from './render-screen.ts';

const host = (index: number): DashboardData['hosts'][number] => ({
  name: ['漢字', 'x'.repeat(200), 'd'][index % 3] + String(index),
  status: 'unknown',
  note: '🚀'.repeat(60),
  cores: 4,
  load: 1,
});
const data = (hosts: number, runs: number): DashboardData => ({
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
  binhost: 'b'.repeat(300),
  next: Array.from({ length: 9 }, (_, index) => ({
    key: String.fromCharCode(97 + index),
    what: '漢'.repeat(100),
    command: 'c'.repeat(200),
  })),
});

test('every terminal gets a picture, with nothing, with much', () => {
  for (const [hosts, runs] of [
    [0, 0],
    [1, 1],
    [64, 40],
    [500, 300],
  ] as const) {
    for (const [columns, rows] of [
      [1, 1],
      [20, 5],
      [40, 12],
      [80, 24],
      [120, 40],
      [300, 100],
    ] as const) {
      const look = terminalStyleAt(columns, rows);
      const lines = renderLines(dashboardLines(data(hosts, runs), { run: runs - 1, asking: undefined, text: '' }, look), look);
      expect(lines).toHaveLength(rows);
      expect(widestLine(lines)).toBeLessThanOrEqual(columns);
    }
  }
});

test('a new project says that no run was recorded', () => {
  const look = terminalStyleAt(80, 24);
  expect(renderLines(dashboardLines(data(3, 0), { run: 0, asking: undefined, text: '' }, look), look).join('\n')).toContain(
    'no run has been recorded in this project',
  );
});
