import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { createOutputDeduper } from '../../../src/journal/output/dedupe-output.ts';
import { createOutputLimit } from '../../../src/journal/output/limit-output.ts';

const output = (lines: readonly string[], more: object = {}): RunEvent => ({
  ...{ v: 1, run: 'r4nd', seq: 0, at: '', type: 'task.output', host: 'd1', task: '0.1', stream: 'stdout', lines, ...more },
});
const TEN = ['123456789'];
const MIB = 2 ** 20;

test('what a task prints beyond the limit is left out, counted, and named once with the way to keep it', () => {
  const limitOutput = createOutputLimit(30);
  const kept = [TEN, TEN, ['first of two', 'second'], TEN].map((lines) => limitOutput(output(lines)));
  expect(kept.map((event) => (event.type === 'task.output' ? [event.lines, event.dropped] : []))).toEqual([
    [TEN, undefined],
    [TEN, undefined],
    [[expect.stringMatching(/the rest is left out. To keep it, set: keep_output: true/)], 1],
    [[], 1],
  ]);
});

test('a task has one limit on all its hosts, stderr one of its own, and so has each item of a queue', () => {
  const limitOutput = createOutputLimit(20);
  const dropped = [{}, { host: 'd2' }, { stream: 'stderr' }, { item: 'a' }, { item: 'b' }, { item: 'b' }, { task: '0.2' }].map((more) => {
    const event = limitOutput(output(TEN, more));
    return event.type === 'task.output' && event.dropped !== undefined;
  });
  expect(dropped).toEqual([false, true, false, false, false, true, false]);
});

test.each(['\0'.repeat(5), 'ä'.repeat(15), '"'.repeat(15)])(
  'the limit counts the bytes of %j in the file, with escapes and quotes',
  (line) => {
    const [justBelow, exactly] = [33, 34].map((limit) => 'dropped' in createOutputLimit(limit)(output([line])));
    expect([justBelow, exactly]).toEqual([true, false]);
  },
);

test('many empty lines count with their line breaks, not with the marks of a list', () => {
  const lines = Array.from({ length: 1000 }, () => '');
  expect([2001, 2002].map((limit) => 'dropped' in createOutputLimit(limit)(output(lines)))).toEqual([true, false]);
});

test('without another limit it is 64 MiB', () => {
  const limitOutput = createOutputLimit();
  const big = output(['x'.repeat(30 * MIB)]);
  expect([limitOutput(big), limitOutput(big)]).toEqual([big, big]);
  expect(limitOutput(big)).toMatchObject({ lines: [expect.stringContaining('swarm keeps 64 MiB')], dropped: 0 });
});

test('a job whose log is read again after a resume prints nothing twice that was left out', () => {
  const deduper = createOutputDeduper();
  const job = { type: 'job.started', host: 'd1', task: '0.1', job: 'j', offset: 0 } as const;
  deduper.record({ v: 1, run: 'r4nd', seq: 0, at: '', ...job });
  deduper.record(output(['kept', 'a note'], { dropped: 3 }));
  deduper.dropRepeated({ ...job, type: 'job.attached' });
  const again = { type: 'task.output', host: 'd1', task: '0.1', stream: 'stdout', lines: ['1', '2', '3', '4', '5', '6'] } as const;
  expect(deduper.dropRepeated(again)).toMatchObject({ lines: ['6'] });
});
