import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../src/core/run-state.ts';
import { watchSilence } from '../../../src/fleet/notify/watch-silence.ts';
import { readSilentItems, recordSilentItems, type SilentItem } from '../../../src/journal/silent-items.ts';

test('an item is told once when it is silent for its limit, again when it prints, and is forgotten when it ends', async () => {
  let now = Date.parse('2026-12-01T00:00:00Z');
  const told: string[] = [];
  let silent: readonly SilentItem[] = [];
  const sink = {
    emit: (fact: RunEventData) => void told.push('item' in fact ? `${fact.type} ${fact.item}` : fact.type),
    record: (items: readonly SilentItem[]) => {
      silent = items;
    },
    now: () => now,
  };
  const watch = watchSilence(sink, 60_000);
  const happens = (fact: RunEventData): void => watch.event({ v: 1, run: 'r', seq: 0, at: '', ...fact } as RunEvent, initialRunState('r'));
  const after = (ms: number): void => {
    now += ms;
    watch.look();
  };
  happens({ type: 'item.started', item: 'icu', host: 'd1', attempt: 1 });
  after(59_000);
  expect(told).toEqual([]);
  after(1000);
  after(60_000);
  expect(told).toEqual(['item.silent icu']);
  expect(silent).toEqual([{ item: 'icu', host: 'd1', since: '2026-12-01T00:00:00.000Z' }]);
  happens({ type: 'task.output', host: 'd1', task: '0', item: 'icu', lines: ['cc'] } as unknown as RunEventData);
  after(1000);
  expect(told).toEqual(['item.silent icu', 'item.heard icu']);
  expect(silent).toEqual([]);
  after(60_000);
  happens({ type: 'item.finished', item: 'icu', host: 'd1', attempt: 1, ms: 1 });
  expect(silent).toEqual([]);
  after(600_000);
  expect(told).toEqual(['item.silent icu', 'item.heard icu', 'item.silent icu']);
  await watch.close();
});

test('a task outside a queue is told after 10 minutes at the latest, with its host, and goes on or ends', async () => {
  let now = 0;
  const told: RunEventData[] = [];
  let silent: readonly SilentItem[] = [];
  const record = (items: readonly SilentItem[]): void => {
    silent = items;
  };
  const watch = watchSilence({ emit: (fact) => void told.push(fact), record, now: () => now }, 3_600_000);
  let state = initialRunState('r');
  const happens = (fact: RunEventData): void => {
    const event = { v: 1, run: 'r', seq: 0, at: '', ...fact } as RunEvent;
    watch.event(event, state);
    state = reduce(state, event);
  };
  const after = (ms: number): void => {
    now += ms;
    watch.look();
    for (const fact of told.splice(0)) happens(fact);
  };
  happens({ type: 'task.started', host: 'd1', task: '0', name: 'Plan', module: 'emerge_plan' });
  after(599_000);
  expect(silent).toEqual([]);
  after(1000);
  expect(silent).toEqual([{ item: 'Plan', host: 'd1', since: '1970-01-01T00:00:00.000Z' }]);
  expect(state.hosts.get('d1')?.silentSince).toBe('1970-01-01T00:00:00.000Z');
  happens({ type: 'task.progress', host: 'd1', task: '0', phase: 'plan', subject: 'desktop on d2' });
  after(1000);
  expect(silent).toEqual([]);
  expect(state.hosts.get('d1')?.silentSince).toBeUndefined();
  after(600_000);
  happens({ type: 'task.finished', host: 'd1', task: '0', name: 'Plan', outcome: 'ok', ms: 1 });
  expect(silent).toEqual([]);
  await watch.close();
});

test('silent items are read again from beside the journal; a missing file is none', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-silent-'));
  const items = [{ item: 'icu', host: 'd1', since: '2026-12-01T00:00:00.000Z' }];
  expect(readSilentItems(join(dir, 'events.jsonl'))).toEqual([]);
  recordSilentItems(dir, items);
  expect(readSilentItems(join(dir, 'events.jsonl'))).toEqual(items);
  rmSync(dir, { recursive: true });
});
