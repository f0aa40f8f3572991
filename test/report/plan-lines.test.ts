import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../src/core/run-state.ts';
import { planLines } from '../../src/report/plan-lines.ts';
import { runDocument } from '../../src/report/reporters/run-document.ts';

const shown = { cpv: 'a/lib-2', target: 'desktop', reason: 'upgrade', because: 'from 1', use: ['x', '-y'], useText: 'USE="x* -y"' };
const facts: readonly RunEventData[] = [
  { type: 'run.started', playbook: 'build', args: {}, hosts: ['d1'], check: true, diff: false, pid: 1, version: '1' },
  {
    ...{ type: 'target.examined', host: 'd1', task: '0.0', target: 'desktop' },
    fitting: ['d1'],
    unfit: [{ drone: 'd2', because: 'old', fix: 'Sync.' }],
  },
  {
    type: 'queue.planned',
    items: [
      { id: 'top', needs: ['lib'], planned: { host: 'd1', order: 2, start: 240, seconds: 300, critical: true } },
      { id: 'lib', needs: [], estimate: 240, shown, planned: { host: 'd1', order: 1, start: 0, seconds: 240, critical: true } },
      { id: 'stuck', needs: [] },
    ],
    end: { seconds: 540, spread: 120 },
  },
];
const stateOf = (all: readonly RunEventData[]) =>
  all.reduce((state, fact, seq) => reduce(state, { v: 1, run: 'r', seq, at: '2026-12-01T12:00:00.000Z', ...fact }), initialRunState('r'));

test('the plan has version, reason, flags, target, drone, time, order, critical path and end', () => {
  expect(planLines(stateOf(facts)).map((line) => line.map(({ text }) => text).join(''))).toEqual([
    'plan of 3 items, in order of start',
    '   1  a/lib-2  upgrade: from 1',
    '      USE="x* -y"',
    '      target desktop, on d1, starts at once, takes ~4m, on the critical path',
    '   2  top',
    '      on d1, starts after ~4m, takes ~5m (assumed), on the critical path',
    '   ?  stuck',
    '      no host may run it',
    'end after ~9m, give or take 2m (no past run shows the time of 2 items, so it is assumed)',
    'critical path: a/lib-2 → top',
    '',
  ]);
});

test('the document has the same as data, with the drones that do not fit', () => {
  expect(runDocument(stateOf(facts))['plan']).toEqual({
    items: [
      { id: 'lib', ...shown, needs: [], host: 'd1', estimate: 240, start: 0, seconds: 240, critical: true },
      { id: 'top', needs: ['lib'], host: 'd1', estimate: null, start: 240, seconds: 300, critical: true },
      { id: 'stuck', needs: [], host: null, estimate: null, start: null, seconds: null, critical: false },
    ],
    end: { seconds: 540, spread: 120 },
    unfit: [{ name: 'd2', status: 'unfit', target: 'desktop', because: 'old', fix: 'Sync.' }],
  });
});

test('a run that is not a check shows no plan, and names the drones that do not fit', () => {
  const state = { ...stateOf(facts), check: false };
  expect(planLines(state)).toEqual([]);
  expect(runDocument(state)).not.toHaveProperty('plan');
  expect(runDocument(state)['unfit']).toEqual([{ name: 'd2', status: 'unfit', target: 'desktop', because: 'old', fix: 'Sync.' }]);
});
