import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { reduce } from '../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../src/core/run-state.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { readEvents, readRunState } from '../../src/journal/read-journal.ts';
import { cases } from '../setup/cases.ts';
import { anyFact } from './arbitrary-event.ts';
import { startedElsewhere } from './run-events.ts';
import { folder } from './temporary-folder.ts';

const started: RunEventData = {
  type: 'run.started',
  playbook: 'build',
  args: null,
  hosts: ['drone-a'],
  check: false,
  diff: false,
  pid: process.pid,
  version: '0.1.0',
};
const note = (text: string): RunEventData => ({ type: 'run.note', text });

test('a replay of the journal gives the state that the run had, and seq has no gaps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact, { maxLength: 40 }), async (facts) => {
      using dir = folder();
      const journal = await openJournal(dir.path, 'k3f9');
      for (const fact of facts) journal.emit(fact);
      await journal.close();
      const { events, torn } = readEvents(join(journal.dir, 'events.jsonl'));
      expect(torn).toBe(false);
      expect(events.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index));
      expect(facts.length === 0 ? initialRunState('k3f9') : readRunState(join(journal.dir, 'events.jsonl'))).toEqual(journal.state);
    }),
    { numRuns: 40 },
  );
});

test('cut at any byte, a journal is read up to its last whole record and can be continued', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyFact, { minLength: 1, maxLength: 12 }), fc.nat(), async (facts, where) => {
      using dir = folder();
      await using whole = await openJournal(dir.path, 'k3f9');
      for (const fact of facts) whole.emit(fact);
      await whole.close();
      const file = join(whole.dir, 'events.jsonl');
      const bytes = readFileSync(file);
      const cut = where % (bytes.length + 1);
      truncateSync(file, cut);
      const before = readEvents(file);
      const good = bytes.subarray(0, cut).toString('utf8').split('\n').length - 1;
      expect(before.events).toHaveLength(good);
      expect(before.torn).toBe(bytes[cut - 1] !== 0x0a && cut > 0);

      await using again = await openJournal(dir.path, 'k3f9');
      expect(again.state).toEqual(before.events.reduce(reduce, initialRunState('k3f9')));
      expect(again.emit(note('resumed')).seq).toBe(good);
      await again.flush();
      const after = readEvents(file);
      expect(after.torn).toBe(false);
      expect(after.events.map(({ seq }) => seq)).toEqual(Array.from({ length: good + 1 }, (_, index) => index));
    }),
    { numRuns: cases(200) },
  );
});

test('what a crash cut off is kept beside the journal', async () => {
  using dir = folder();
  const first = await openJournal(dir.path, 'k3f9');
  first.emit(note('whole'));
  await first.close();
  appendFileSync(join(first.dir, 'events.jsonl'), '{"v":1,"run":"k3f9","se');
  await (await openJournal(dir.path, 'k3f9')).close();
  const kept = readdirSync(first.dir).filter((name) => name.includes('torn'));
  expect(kept.map((name) => readFileSync(join(first.dir, name), 'utf8'))).toEqual(['{"v":1,"run":"k3f9","se']);
});

test('a bad record with good ones behind it is damage, never guessed around', async () => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  for (const text of ['one', 'two', 'three']) journal.emit(note(text));
  await journal.close();
  const file = join(journal.dir, 'events.jsonl');
  const lines = readFileSync(file, 'utf8').split('\n');
  const damaged = [
    [lines[0], 'garbage', lines[2], ''],
    [lines[0], lines[2], ''],
    [lines[0], lines[0], lines[1], ''],
  ];
  for (const each of damaged) {
    writeFileSync(file, each.join('\n'));
    expect(() => readEvents(file)).toThrow(expect.objectContaining({ code: 'SW5002' }));
    await expect(openJournal(dir.path, 'k3f9')).rejects.toMatchObject({ code: 'SW5002' });
  }
});

test('what was emitted is in the file once durable() has resolved', async () => {
  using dir = folder();
  await using journal = await openJournal(dir.path, 'k3f9');
  const file = join(journal.dir, 'events.jsonl');
  for (let round = 0; round < 5; round++) {
    journal.emit(note(`round ${round}`));
    await journal.flush();
    expect(readEvents(file).events).toHaveLength(round + 1);
  }
});

test('only the owner may read a journal', async () => {
  using dir = folder();
  await using journal = await openJournal(join(dir.path, 'runs'), 'k3f9');
  expect(statSync(journal.dir).mode & 0o777).toBe(0o700);
  expect(statSync(join(journal.dir, 'events.jsonl')).mode & 0o777).toBe(0o600);
});

test('a run that another process still writes is not opened a second time', async () => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  journal.emit({ ...started, pid: process.ppid });
  await journal.close();
  await expect(openJournal(dir.path, 'k3f9')).rejects.toMatchObject({ code: 'SW3003' });
});

test('a run that another machine may still write is opened only by who names that machine', async () => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  journal.emit(startedElsewhere);
  await journal.close();
  await expect(openJournal(dir.path, 'k3f9')).rejects.toMatchObject({
    code: 'SW3003',
    message: 'run k3f9 was started on desk, and may still run there: its journal was last written less than a minute ago',
    hint: 'On desk, run: swarm runs resume k3f9. Only if the run has ended there for certain, run here: swarm runs resume k3f9 --take-over desk',
  });
  await expect(openJournal(dir.path, 'k3f9', 'tower')).rejects.toMatchObject({ code: 'SW3003' });
  await (await openJournal(dir.path, 'k3f9', 'desk')).close();
});

test('100 000 lines of output are cheap to write and read back in order', async () => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  const begin = performance.now();
  for (let line = 0; line < 100_000; line++) {
    journal.emit({ type: 'task.output', host: 'drone-a', task: '0.1', stream: 'stdout', lines: [`line ${line}`] });
  }
  await journal.close();
  expect(performance.now() - begin).toBeLessThan(10_000);
  const { events } = readEvents(join(journal.dir, 'events.jsonl'));
  expect(events).toHaveLength(100_000);
  expect(journal.state.hosts.get('drone-a')).toMatchObject({ lines: 100_000 });
  expect(journal.state.hosts.get('drone-a')?.tail.at(-1)).toBe('line 99999');
});

test('listeners hear each event with the state after it', async () => {
  using dir = folder();
  await using journal = await openJournal(dir.path, 'k3f9');
  const heard: [number, number][] = [];
  journal.subscribe((event, state) => heard.push([event.seq, state.notes.length]));
  journal.emit(note('a'));
  journal.emit(note('b'));
  expect(heard).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('of two that continue one run at the same moment one gets it, until its first event names it', async () => {
  using dir = folder();
  await using first = await openJournal(dir.path, 'k3f9');
  first.emit({ ...started, pid: 1 << 30 });
  await first.close();
  const both = await Promise.allSettled([openJournal(dir.path, 'k3f9'), openJournal(dir.path, 'k3f9')]);
  const [won] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [lost] = both.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  expect(lost).toMatchObject({ code: 'SW3003', message: expect.stringContaining('another process has just begun') });
  won?.emit({ ...started, pid: process.ppid });
  await won?.flush();
  await expect(openJournal(dir.path, 'k3f9')).rejects.toMatchObject({ message: expect.stringContaining(`process ${process.ppid}`) });
  await won?.close();
});
