import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEventData } from '../../src/core/event.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { newRunId } from '../../src/journal/run-id.ts';
import { findRun, listRuns } from '../../src/journal/run-list.ts';
import { finished, started } from './run-events.ts';
import { folder } from './temporary-folder.ts';

const GONE = 2 ** 22 + 1; // above the largest pid that Linux gives out

async function written(runs: string, run: string, facts: readonly RunEventData[]): Promise<void> {
  await using journal = await openJournal(runs, run);
  for (const fact of facts) journal.emit(fact);
}

test('a finished, a running and a killed run have different statuses', async () => {
  using dir = folder();
  await written(dir.path, 'aaaa', [started(process.pid), finished]);
  await written(dir.path, 'bbbb', [started(process.pid)]);
  await written(dir.path, 'cccc', [started(GONE)]);
  const status = Object.fromEntries(listRuns(dir.path).map((each) => [each.run, each.status]));
  expect(status).toEqual({ aaaa: 'failed', bbbb: 'running', cccc: 'interrupted' });
  expect(listRuns(dir.path).find(({ run }) => run === 'aaaa')).toMatchObject({ playbook: 'build', exit: 2, ms: 1200 });
  expect(listRuns(join(dir.path, 'none'))).toEqual([]);
});

test('a run is found by its id, a unique beginning, or last', async () => {
  using dir = folder();
  expect(() => findRun(dir.path, 'last')).toThrow(expect.objectContaining({ code: 'SW1203' }));
  await written(dir.path, 'k3f9', [started(process.pid), finished]);
  await new Promise((resolve) => setImmediate(resolve));
  await written(dir.path, 'k3a0', [{ ...started(process.pid) }, finished]);
  expect(findRun(dir.path, 'k3f')).toBe('k3f9');
  expect(['k3f9', 'k3a0']).toContain(findRun(dir.path, 'last'));
  expect(() => findRun(dir.path, 'k3')).toThrow(expect.objectContaining({ code: 'SW1203', hint: expect.stringContaining('k3a0') }));
  expect(() => findRun(dir.path, 'k3fg')).toThrow(expect.objectContaining({ hint: 'Did you mean k3f9?' }));
});

test('a new run never takes an id that is used', () => {
  using dir = folder();
  const taken = new Set<string>();
  for (let count = 0; count < 50; count++) {
    const id = newRunId(dir.path);
    expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{4}$/);
    expect(taken).not.toContain(id);
    taken.add(id);
    mkdirSync(join(dir.path, id));
  }
});
