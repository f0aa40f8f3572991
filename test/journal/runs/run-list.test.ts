import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { openJournal } from '../../../src/journal/journal.ts';
import { newRunId } from '../../../src/journal/run-id.ts';
import { findRun, listRecentRuns, listRuns } from '../../../src/journal/runs/run-list.ts';
import { finished, started, startedElsewhere } from '../run-events.ts';
import { folder } from '../temporary-folder.ts';

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

test('a run of another machine is neither running nor interrupted, until it has been silent for a week', async () => {
  using dir = folder();
  await written(dir.path, 'desk', [startedElsewhere]);
  expect(listRuns(dir.path)).toMatchObject([{ run: 'desk', status: 'elsewhere', orchestrator: 'desk' }]);
  const old = Date.now() / 1000 - 8 * 86_400;
  utimesSync(join(dir.path, 'desk/events.jsonl'), old, old);
  expect(listRuns(dir.path)[0]).toMatchObject({ status: 'interrupted' });
  await written(dir.path, 'over', [startedElsewhere, finished]);
  expect(listRuns(dir.path).find(({ run }) => run === 'over')).toMatchObject({ status: 'failed' });
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

test('many runs are read once: later what is remembered counts, until a journal changes', async () => {
  using dir = folder();
  const runs = join(dir.path, 'runs');
  const ids = Array.from({ length: 30 }, (_, at) => `r${String(at).padStart(3, '0')}`);
  for (const id of ids) await written(runs, id, [started(process.pid), finished]);
  const first = listRuns(runs);
  const cache = join(dir.path, 'cache/run-list.txt');
  const [, ...lines] = readFileSync(cache, 'utf8').split('\n');
  expect(lines.flatMap((line) => line.split('\t')[1] ?? []).sort()).toEqual(ids);
  expect(listRuns(runs)).toEqual(first);

  await written(runs, 'r007', [started(process.pid, true)]); // resumed, and goes on
  rmSync(join(runs, 'r008'), { recursive: true });
  const later = listRuns(runs);
  expect(later.find(({ run }) => run === 'r007')).toMatchObject({ status: 'running', pid: process.pid });
  expect(later.map(({ run }) => run)).not.toContain('r008');
  expect(later).toHaveLength(29);

  const sound = readFileSync(cache, 'utf8');
  for (const damaged of ['', 'r001', sound.slice(0, -9), sound.replace('failed', 'ok'), sound.replace(/^.*\n/, '')]) {
    writeFileSync(cache, damaged);
    expect(listRuns(runs)).toEqual(later);
  }
});

test('the newest runs and the open ones are those of the whole list, and the others are not taken apart', async () => {
  using dir = folder();
  const runs = join(dir.path, 'runs');
  for (let at = 0; at < 60; at++) {
    const [first, last] = [
      { ...started(GONE), check: at % 9 === 0 },
      { ...finished, status: at % 17 === 5 ? 'interrupted' : 'ok' },
    ];
    await written(runs, `r${at}`, [first, last] as RunEventData[]);
    const journal = join(runs, `r${at}/events.jsonl`);
    const day = String(1 + ((at * 7) % 60)).padStart(4, '0');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace(/"at":"[^"]*"/g, `"at":"${day}-01-01T00:00:00.000Z"`));
  }
  const compare = (): number => {
    const all = listRuns(runs);
    const split = vi.spyOn(String.prototype, 'split');
    const recent = listRecentRuns(runs, 5);
    const splits = split.mock.calls.filter(([by]) => String(by) === '\t').length;
    split.mockRestore();
    for (const status of ['running', 'interrupted'])
      expect(recent.filter((run) => run.status === status)).toEqual(all.filter((run) => run.status === status));
    for (const check of [true, false]) {
      const newest = (of: typeof all) => of.filter((run) => run.status === 'ok' && run.check === check).slice(0, 5);
      expect(newest(recent)).toEqual(newest(all));
    }
    return splits;
  };
  compare();
  expect(compare()).toBeLessThan(20);
  const [newest, second] = listRuns(runs).filter(({ status }) => status === 'ok');
  rmSync(join(runs, newest?.run ?? ''), { recursive: true });
  await written(runs, second?.run ?? '', [started(process.pid, true)]);
  await written(runs, 'fresh', [started(process.pid)]);
  compare();
});

test('a finished run is not looked at again until it is resumed, but where all are listed or removed', async () => {
  using dir = folder();
  const runs = join(dir.path, 'runs');
  for (let at = 0; at < 25; at++) await written(runs, `r${at}`, [started(GONE), finished]);
  const statusOf = (run: string, everyJournal: boolean) => listRuns(runs, everyJournal).find((each) => each.run === run)?.status;
  expect(statusOf('r1', false)).toBe('failed');
  const journal = join(runs, 'r1/events.jsonl');
  const text = readFileSync(journal, 'utf8');
  writeFileSync(journal, text.slice(0, text.indexOf('\n') + 1)); // by a person: nothing of swarm does that
  expect([statusOf('r1', false), statusOf('r1', true)]).toEqual(['failed', 'interrupted']);
  await written(runs, 'r1', [{ type: 'run.note', text: 'resumed' }]);
  await written(runs, 'r2', [started(process.pid, true)]);
  expect([statusOf('r1', false), statusOf('r2', false)]).toEqual(['interrupted', 'running']);
});

test('a playbook whose name would break a line of what is remembered is read each time', async () => {
  using dir = folder();
  const runs = join(dir.path, 'runs');
  for (let at = 0; at < 25; at++) await written(runs, `r${at}`, [{ ...started(GONE), playbook: `a\tb\n${at}` } as RunEventData, finished]);
  expect(listRuns(runs)).toEqual(listRuns(runs, true));
  expect(listRuns(runs).map(({ playbook }) => playbook)).toContain('a\tb\n7');
});

test('of a large journal without an end the newest start is found, also after it has grown', async () => {
  using dir = folder();
  const runs = join(dir.path, 'runs');
  const lines = Array.from({ length: 900 }, () => `"type":"run.started" in a line ${'x'.repeat(1000)}`);
  const output: RunEventData = { type: 'task.output', host: 'a', task: '0.0', stream: 'stdout', lines };
  const statusOf = () => listRuns(runs)[0];
  await written(runs, 'big', [started(GONE), ...Array.from({ length: 20 }, () => output)]);
  expect(statusOf()).toMatchObject({ status: 'interrupted', pid: GONE });
  await written(runs, 'big', [started(process.pid, true), output]);
  expect(statusOf()).toMatchObject({ status: 'running', pid: process.pid });
  expect(statusOf()).toMatchObject({ status: 'running', pid: process.pid });
  const file = join(runs, 'big/events.jsonl');
  const elsewhere = JSON.stringify({ v: 1, run: 'big', seq: 23, at: new Date().toISOString(), ...startedElsewhere });
  appendFileSync(file, `${elsewhere}\n${readFileSync(file, 'utf8').split('\n').slice(1, 21).join('\n')}\n`);
  for (const _ of [1, 2]) expect(statusOf()).toMatchObject({ status: 'elsewhere', orchestrator: 'desk' });
});

test('what lies among the runs and is not a run is passed over', async () => {
  using dir = folder();
  await written(dir.path, 'aaaa', [started(process.pid), finished]);
  writeFileSync(join(dir.path, 'notes'), 'mine');
  symlinkSync('loop', join(dir.path, 'loop'));
  mkdirSync(join(dir.path, 'bbbb', 'events.jsonl'), { recursive: true });
  for (const name of ['--help', 'a\tb\u001b[31m']) await written(dir.path, name, [started(process.pid), finished]);
  expect(listRuns(dir.path).map(({ run }) => run)).toEqual(['aaaa']);
});

test.each([
  ['orchestrator', null],
  ['orchestrator', { name: '$(reboot)' }],
  ['pid', -1],
  ['hosts', 'd1'],
  ['playbook', 5],
])('a run whose start has a damaged %s is listed as damaged, with what can be read', async (field, value) => {
  using dir = folder();
  await written(dir.path, 'aaaa', [started(process.pid), finished]);
  const file = join(dir.path, 'aaaa/events.jsonl');
  const [first = '', ...rest] = readFileSync(file, 'utf8').split('\n');
  const fields = JSON.parse(first) as { readonly at: string };
  writeFileSync(file, [JSON.stringify({ ...fields, [field]: value }), ...rest].join('\n'));
  const playbook = field === 'playbook' ? 'unknown' : 'build';
  expect(listRuns(dir.path)).toMatchObject([{ run: 'aaaa', status: 'damaged', playbook, startedAt: fields.at }]);
});
