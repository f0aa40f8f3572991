import { expect, test } from 'vitest';
import { selectRuns } from '../../../src/fleet/overview/overview.ts';
import type { RunSummary } from '../../../src/journal/runs/run-list.ts';

const run = (id: string, status: RunSummary['status'], check = false): RunSummary => ({
  ...{ run: id, status, playbook: 'build', check, startedAt: '', file: '' },
});
const shown = (...runs: readonly RunSummary[]): string =>
  selectRuns(runs)
    .map((each) => each.run)
    .join(' ');

test('what is open comes above what is newer, and dry runs come last', () => {
  expect(shown(run('dry2', 'ok', true), run('new', 'ok'), run('dry1', 'ok', true), run('cut', 'interrupted'), run('goes', 'running'))).toBe(
    'cut goes new dry2',
  );
});

test('dry runs and old runs never push open work out of the list', () => {
  const ended = ['e1', 'e2', 'e3', 'e4', 'e5', 'e6'].map((id) => run(id, 'ok'));
  const dry = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((id) => run(id, 'ok', true));
  expect(shown(...dry, ...ended, run('cut', 'interrupted'))).toBe('cut e1 e2 e3 e4 c1');
});
