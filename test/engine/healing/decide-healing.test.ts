import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HealRecord } from '../../../src/core/healing.ts';
import { DEFAULT_HEAL_WAIT_MS, HEAL_STEPS, type HealPlan, type HealStep } from '../../../src/core/inventory/heal.ts';
import { decideHealing, type HealQuestion } from '../../../src/engine/healing/decide-healing.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3600_000;
const PLAN: HealPlan = { steps: HEAL_STEPS, services: ['sshd'], after: 3, waitMs: DEFAULT_HEAL_WAIT_MS };
const record = (host: string, step: HealStep, hoursAgo: number, more: Partial<HealRecord> = {}): HealRecord => {
  const at = new Date(NOW - hoursAgo * HOUR).toISOString();
  return { host, step, run: 'k3f9', at, endedAt: at, outcome: 'healed', ...more };
};
const decide = (change: Partial<HealQuestion> = {}) =>
  decideHealing({ host: 'a', plan: PLAN, failures: 3, forbidden: undefined, fleet: ['a', 'b', 'c'], records: [], now: NOW, ...change });

test('nothing is done before enough items failed in a row', () => {
  expect(decide({ failures: 2 })).toEqual({});
  expect(decide()).toEqual({ step: 'clean' });
});

test('the steps go from mild to hard, each once in its waiting time', () => {
  expect(decide({ records: [record('a', 'clean', 0.5)] })).toEqual({ step: 'restart' });
  expect(decide({ records: [record('a', 'clean', 0.5), record('a', 'restart', 5)] })).toEqual({ step: 'reboot' });
  expect(decide({ records: [record('a', 'clean', 1)] })).toEqual({ step: 'clean' });
  const all = [record('a', 'clean', 0.5), record('a', 'restart', 5), record('a', 'reboot', 23)];
  expect(decide({ records: all })).toEqual({ because: expect.stringContaining('each was tried in its waiting time') });
  expect(decide({ records: [record('b', 'clean', 0.1)] })).toEqual({ step: 'clean' }); // another host
});

test('a step that a guard refused was not done; one that was cut off counts as tried', () => {
  expect(decide({ records: [record('a', 'clean', 0.1, { outcome: 'refused' })] })).toEqual({ step: 'clean' });
  const cut = { ...record('a', 'reboot', 2), endedAt: undefined, outcome: undefined } as unknown as HealRecord;
  expect(decide({ plan: { ...PLAN, steps: ['reboot'] }, records: [cut] })).toEqual({ because: expect.any(String) });
});

test('a time far ahead, of a clock that was wrong, forbids nothing; one that is a little ahead counts', () => {
  const years = -3 * 365 * 24;
  expect(decide({ records: [record('a', 'clean', years)] })).toEqual({ step: 'clean' });
  expect(decide({ records: [{ host: 'b', step: 'reboot', run: 'x', at: new Date(NOW - years * HOUR).toISOString() }] })).toEqual({
    step: 'clean',
  });
  expect(decide({ records: [record('a', 'clean', -0.5)] })).toEqual({ step: 'restart' });
});

test('a run with fewer than three drones heals none, and says so', () => {
  expect(decide({ fleet: ['a', 'b'] })).toEqual({ because: 'healing needs a run with at least 3 drones, and this one has 2' });
});

test('while another drone is healed the second one of three waits', () => {
  const b = { host: 'b', step: 'reboot', run: 'x', at: new Date(NOW - 60_000).toISOString() } as const;
  expect(decide({ records: [b] })).toEqual({ because: expect.stringMatching(/^b is healed first/) });
  expect(decide({ records: [b], fleet: ['a', 'b', 'c', 'd', 'e', 'f'] })).toEqual({ step: 'clean' });
  expect(decide({ records: [{ ...b, at: new Date(NOW - 2 * HOUR).toISOString() }] })).toEqual({ step: 'clean' }); // it was cut off
});

describe('in any history', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const turn = fc.record({
    host: fc.integer({ min: 0, max: names.length - 1 }),
    minutes: fc.integer({ min: 0, max: 300 }),
    failures: fc.integer({ min: 0, max: 6 }),
    ends: fc.integer({ min: 0, max: 3 }), // steps that end meanwhile
    outcome: fc.constantFrom('healed', 'failed', 'refused', undefined),
  });
  const history = fc.record({
    size: fc.integer({ min: 1, max: names.length }),
    forbidden: fc.subarray(names),
    turns: fc.array(turn, { maxLength: 80 }),
  });
  type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

  /** Replays decisions as runs take them, and gives each step with what was under way when it began. */
  function replay({ size, forbidden, turns }: History) {
    const fleet = names.slice(0, size);
    const records: HealRecord[] = [];
    const started: { readonly host: string; readonly step: HealStep; readonly now: number; readonly healing: number; refused: boolean }[] =
      [];
    let now = NOW;
    for (const { host: index, minutes, failures, ends, outcome } of turns) {
      now += minutes * 60_000;
      const open = records.filter(({ endedAt }) => endedAt === undefined).slice(0, ends);
      for (const each of open) {
        if (outcome === undefined) continue; // cut off
        records[records.indexOf(each)] = { ...each, endedAt: new Date(now).toISOString(), outcome };
        const mine = started.findLast(({ host, step }) => host === each.host && step === each.step);
        if (mine !== undefined) mine.refused = outcome === 'refused';
      }
      const host = fleet[index % fleet.length] as string;
      const prohibition = forbidden.includes(host) ? 'it is protected' : undefined;
      const { step } = decideHealing({ host, plan: PLAN, failures, forbidden: prohibition, fleet, records, now });
      if (step === undefined) continue;
      const known = records.findIndex((each) => each.host === host && each.step === step);
      if (known !== -1) records.splice(known, 1);
      records.push({ host, step, run: 'r', at: new Date(now).toISOString() });
      const healing = new Set(
        records.filter((each) => each.endedAt === undefined && now - Date.parse(each.at) < HOUR).map((each) => each.host),
      ).size;
      started.push({ host, step, now, healing, refused: false });
    }
    return { fleet, started };
  }

  test('never more than a third of the drones are healed at once', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { fleet, started } = replay(given);
        for (const { healing } of started) expect(healing).toBeLessThanOrEqual(Math.floor(fleet.length / 3));
      }),
    );
  });

  test('a step is done once in its waiting time', () => {
    fc.assert(
      fc.property(history, (given) => {
        const last = new Map<string, number>();
        for (const { host, step, now, refused } of replay(given).started) {
          const key = `${host} ${step}`;
          expect(now - (last.get(key) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(PLAN.waitMs[step]);
          if (refused) last.delete(key);
          else last.set(key, now);
        }
      }),
    );
  });

  test('no protected host is healed', () => {
    fc.assert(
      fc.property(history, (given) => {
        for (const { host } of replay(given).started) expect(given.forbidden).not.toContain(host);
      }),
    );
  });
});
