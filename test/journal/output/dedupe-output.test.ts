import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { createOutputDeduper } from '../../../src/journal/output/dedupe-output.ts';

const on = { host: 'd1', task: '1.0', item: 'a/b-1' };
const job = (type: 'job.started' | 'job.attached', name = 'j1'): RunEventData => ({ type, ...on, job: name, offset: 0 });
const output = (lines: readonly string[], stream: 'stdout' | 'stderr' = 'stdout'): RunEventData => ({
  type: 'task.output',
  ...on,
  stream,
  lines,
});
const asEvent = (fact: RunEventData, seq: number): RunEvent => ({ v: 1, run: 'k3f9', seq, at: '2026-01-01T00:00:00.000Z', ...fact });
const linesOf = (facts: readonly (RunEventData | undefined)[]): readonly string[] =>
  facts.flatMap((fact) => (fact?.type === 'task.output' ? fact.lines : []));

/** Splits it into batches at some places. */
const batches = <T>(all: readonly T[], cuts: readonly number[]): readonly T[][] => {
  const at = [0, ...[...new Set(cuts.map((cut) => cut % (all.length + 1)))].sort((a, b) => a - b), all.length];
  return at.slice(1).map((end, index) => all.slice(at[index], end));
};

test('wherever a run was killed, a job that is attached to again has each line once, in order', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.array(fc.nat(40)), fc.array(fc.nat(40)), (size, killed, cuts, cutsAgain) => {
      const all = Array.from({ length: size }, (_, n) => `line ${n}`);
      const before = [job('job.started'), ...batches(all.slice(0, killed), cuts).map((lines) => output(lines))];
      const again = createOutputDeduper();
      for (const [seq, fact] of before.entries()) again.record(asEvent(fact, seq));
      const after = [
        job('job.attached'),
        job('job.started'),
        job('job.attached'),
        ...batches(all, cutsAgain).map((lines) => output(lines)),
      ];
      expect(linesOf([...before, ...after.map((fact) => again.dropRepeated(fact))])).toEqual(all);
    }),
  );
});

test('of another job of the same task, or of a job that starts again, all lines are recorded', () => {
  for (const facts of [[job('job.started', 'j2'), job('job.attached', 'j2')], [job('job.started')]]) {
    const again = createOutputDeduper();
    for (const [seq, fact] of [job('job.started'), output(['a', 'b'])].entries()) again.record(asEvent(fact, seq));
    for (const fact of facts) again.dropRepeated(fact);
    expect(again.dropRepeated(output(['a', 'b', 'c']))).toEqual(output(['a', 'b', 'c']));
  }
});

test('output that is not of a job is recorded unchanged', () => {
  const again = createOutputDeduper();
  for (const [seq, fact] of [job('job.started'), output(['a'])].entries()) again.record(asEvent(fact, seq));
  again.dropRepeated(job('job.attached'));
  expect(again.dropRepeated(output(['a'], 'stderr'))).toEqual(output(['a'], 'stderr'));
  const other: RunEventData = { type: 'task.output', host: 'd2', task: '1.0', stream: 'stdout', lines: ['a'] };
  expect(again.dropRepeated(other)).toBe(other);
});
