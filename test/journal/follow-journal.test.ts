import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../src/core/event.ts';
import { followEvents, withFinalEvent } from '../../src/journal/follow-journal.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { iterateJournal } from '../../src/journal/scan-journal.ts';
import { finished, started } from './run-events.ts';
import { folder } from './temporary-folder.ts';

const GONE = 2 ** 22 + 1; // above the largest pid that Linux gives out
const never = (): AbortSignal => new AbortController().signal;

async function written(runs: string, facts: readonly RunEventData[]): Promise<string> {
  await using journal = await openJournal(runs, 'k3f9');
  for (const fact of facts) journal.emit(fact);
  return join(runs, 'k3f9', 'events.jsonl');
}

async function typesOf(events: AsyncIterable<RunEvent>): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

test('the events of a run in another process arrive as they are written, torn writes included', async () => {
  using dir = folder();
  const run = join(dir.path, 'k3f9');
  mkdirSync(run);
  const file = join(run, 'events.jsonl');
  const line = (seq: number, fact: object): string => JSON.stringify({ v: 1, run: 'k3f9', seq, at: '2026-01-01T00:00:00.000Z', ...fact });
  const script = `
    const { appendFileSync } = require('node:fs');
    process.stdin.on('data', (bytes) => { appendFileSync(process.argv[1], bytes); process.stdout.write('.'); });
  `;
  const child = spawn(process.execPath, ['-e', script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const first = line(0, { type: 'run.note', text: 'grüße' });
  child.stdin.write(first.slice(0, 60));
  child.stdout.once('data', () => child.stdin.write(`${first.slice(60)}\n`));
  const heard: RunEvent['type'][] = [];
  for await (const event of followEvents(file, { stop: never() })) {
    heard.push(event.type);
    if (event.seq === 0) child.stdin.end(`${line(1, finished)}\n`);
  }
  expect(heard).toEqual(['run.note', 'run.finished']);
  await once(child, 'exit');
}, 10_000);

test('watching ends with the signal, before the journal even exists', async () => {
  using dir = folder();
  const stop = new AbortController();
  const watching = followEvents(join(dir.path, 'events.jsonl'), { stop: stop.signal }).next();
  stop.abort();
  expect(await watching).toMatchObject({ done: true });
});

test('following a run ends when its process was killed; the run counts as interrupted', async () => {
  using dir = folder();
  const file = await written(dir.path, [started(GONE), { type: 'run.note', text: 'here' }]);
  const events: RunEvent[] = [];
  for await (const event of withFinalEvent(followEvents(file, { stop: never() }), never())) events.push(event);
  expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'interrupted', exit: 4, seq: 2 });
  expect([...iterateJournal(file)]).toHaveLength(2); // nothing was written
}, 10_000);

test('a run that goes on is watched to its second end', async () => {
  using dir = folder();
  const file = await written(dir.path, [started(GONE), finished, started(process.pid, true), finished]);
  expect(await typesOf(followEvents(file, { stop: never() }))).toEqual(['run.started', 'run.finished', 'run.started', 'run.finished']);
});

test('the end of before is not the end of a run that is about to go on; a process that ends without a word ends the watching', async () => {
  using dir = folder();
  const file = await written(dir.path, [started(GONE), finished]);
  const before = [...iterateJournal(file)].length > 0 ? 100_000 : 0;
  const gone = new AbortController();
  const types = typesOf(followEvents(file, { stop: never(), writerGone: gone.signal, bytesBefore: before }));
  setImmediate(() => gone.abort());
  expect(await types).toEqual(['run.started', 'run.finished']);
});

test('a journal that is damaged in the middle is said to be, and not that its process was killed', async () => {
  using dir = folder();
  const file = await written(dir.path, [started(GONE), { type: 'run.note', text: 'one' }, finished]);
  const [first, , last] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${first}\ngarbage\n${last}\n`);
  await expect(typesOf(followEvents(file, { stop: never() }))).rejects.toThrow('record 1 cannot be read');
});
