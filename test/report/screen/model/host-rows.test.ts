import { expect, test } from 'vitest';
import type { RunEventData } from '../../../../src/core/event.ts';
import { reduce } from '../../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../../src/core/run-state.ts';
import { describeHealEvent, isHealEvent } from '../../../../src/report/events/heal-event-text.ts';
import { formatRecap } from '../../../../src/report/recap.ts';
import { runDocument } from '../../../../src/report/reporters/run-document.ts';
import { listHostRows } from '../../../../src/report/screen/model/host-rows.ts';
import { detectTerminalStyle } from '../../../../src/report/text/terminal-style.ts';
import { started } from '../../../journal/run-events.ts';

const AT = '2026-12-01T00:00:00.000Z';
const after = (...facts: readonly RunEventData[]) =>
  [started(1), ...facts].reduce((state, fact, seq) => reduce(state, { v: 1, run: 'r4nd', seq, at: AT, ...fact }), initialRunState('r4nd'));
const begin: RunEventData = { type: 'heal.started', host: 'd1', step: 'reboot' };
const end: RunEventData = { type: 'heal.finished', host: 'd1', step: 'reboot', outcome: 'healed', ms: 60_000 };
const pause: RunEventData = { type: 'queue.paused', because: 'SW2005: the link is lost', until: '2026-12-01T00:05:00.000Z', hosts: ['d1'] };

test('a drone that is healed has the step and its time in its row, until it is back', () => {
  const now = Date.parse(AT) + 90_000;
  expect(listHostRows(after(begin), now, 'name', '')).toMatchObject([
    { name: 'd1', sign: 'aside', word: 'healing', subject: 'reboot', elapsedMs: 90_000, eta: '' },
  ]);
  expect(listHostRows(after(begin, end), now, 'name', '')[0]).not.toMatchObject({ word: 'healing' });
});

test('each step is in the recap and in the JSON; a step that was cut off is named so', () => {
  const state = after(begin, end, { ...begin, host: 'd2', step: 'clean' } as RunEventData);
  const ended = reduce(state, { v: 1, run: 'r4nd', seq: 9, at: AT, type: 'run.finished', status: 'interrupted', exit: 130, ms: 1 });
  const recap = formatRecap(ended, detectTerminalStyle({}, { LANG: 'C.UTF-8' })).join('\n');
  expect(recap).toContain('healing  d1  reboot  healed');
  expect(recap).toContain('healing  d2  clean  cut off');
  expect(runDocument(ended)).toMatchObject({
    healing: [
      { host: 'd1', step: 'reboot', status: 'healed', at: AT },
      { host: 'd2', step: 'clean', status: 'running' },
    ],
  });
});

test('a queue that waits is in the state until it goes on or the run ends', () => {
  expect(after(pause).paused).toEqual({ because: 'SW2005: the link is lost', until: '2026-12-01T00:05:00.000Z' });
  expect(after(pause, { type: 'queue.resumed' }).paused).toBeUndefined();
  expect(after(pause, { type: 'run.finished', status: 'failed', exit: 7, ms: 1 }).paused).toBeUndefined();
});

test('every event of healing is one line', () => {
  const error = { code: 'SW3006', message: 'its route leads to gateway' };
  const facts: readonly RunEventData[] = [
    begin,
    end,
    { ...end, outcome: 'refused', error } as RunEventData,
    { type: 'heal.skipped', host: 'd1', because: 'it is protected' },
    pause,
    { type: 'queue.resumed' },
  ];
  for (const [seq, fact] of facts.entries()) {
    const event = { v: 1 as const, run: 'r4nd', seq, at: AT, ...fact };
    expect(isHealEvent(event) ? describeHealEvent(event) : []).toHaveLength(1);
  }
});
