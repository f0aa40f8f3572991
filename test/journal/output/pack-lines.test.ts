import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { readEvents } from '../../../src/journal/read-journal.ts';
import { folder } from '../temporary-folder.ts';

const output = (lines: readonly string[]) => ({ type: 'task.output', host: 'd1', task: '0.1', stream: 'stdout', lines }) as const;
const linesOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'task.output' ? event.lines : []));

test.each([
  { what: 'numbers as seq prints them', line: (at: number) => String(at), most: 1.2 },
  { what: 'lines of one letter', line: () => 'y', most: 1.6 },
  { what: 'empty lines', line: () => '', most: 2.2 },
  { what: 'paths', line: (at: number) => `usr/share/doc/${at}/README`, most: 1.1 },
])('a journal of $what is at most $most times as large as the output, and a reader gets each line', async ({ line, most }) => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  const lines = Array.from({ length: 60_000 }, (_, at) => line(100_000 + at));
  for (let at = 0; at < lines.length; at += 6_000) journal.emit(output(lines.slice(at, at + 6_000)));
  await journal.close();
  const file = join(journal.dir, 'events.jsonl');
  expect(statSync(file).size / (lines.join('\n').length + 1)).toBeLessThan(most);
  expect(linesOf(readEvents(file).events)).toEqual(lines);
});

test('live and from the file, each line comes by itself, also if a module emits a text of several lines', async () => {
  using dir = folder();
  const journal = await openJournal(dir.path, 'k3f9');
  const seen: RunEvent[] = [];
  journal.subscribe((event) => void seen.push(event));
  journal.emit(output(['one\ntwo', '', 'three']));
  journal.emit(output(Array.from({ length: 1000 }, () => 'y')));
  await journal.close();
  expect(linesOf(seen)).toEqual(['one', 'two', '', 'three', ...Array.from({ length: 1000 }, () => 'y')]);
  expect(readEvents(join(journal.dir, 'events.jsonl')).events).toEqual(seen);
});
