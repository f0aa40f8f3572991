import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HealRecord } from '../../src/core/healing.ts';
import { openHealLog, readHealing } from '../../src/journal/heal-log.ts';
import { folder } from './temporary-folder.ts';

const record = (host: string, at = '2026-01-01T00:00:00.000Z'): HealRecord => ({ host, step: 'clean', run: 'r4nd', at });

test('a step is stored when it starts and when it ends, and replaces the time before', async () => {
  using place = folder();
  const dir = place.path;
  const log = openHealLog(dir);
  const first = await log.start(() => record('a'));
  await log.end(first as HealRecord, { outcome: 'failed', at: '2026-01-01T00:01:00.000Z', because: 'no' });
  expect(readHealing(dir)).toEqual([{ ...record('a'), outcome: 'failed', endedAt: '2026-01-01T00:01:00.000Z', because: 'no' }]);
  await log.start(() => record('a', '2026-01-02T00:00:00.000Z'));
  expect(log.list()).toEqual([record('a', '2026-01-02T00:00:00.000Z')]);
  expect(await log.start(() => undefined)).toBeUndefined();
  expect(log.list()).toHaveLength(1);
});

test('of many that decide at once, one starts the step', async () => {
  using place = folder();
  const dir = place.path;
  const started = await Promise.all(
    Array.from({ length: 20 }, () => openHealLog(dir).start((records) => (records.length === 0 ? record('a') : undefined))),
  );
  expect(started.filter((each) => each !== undefined)).toHaveLength(1);
});

test('a damaged file counts as nothing', () => {
  using place = folder();
  const dir = place.path;
  writeFileSync(join(dir, 'healing.json'), '[{"host":1},');
  expect(readHealing(dir)).toEqual([]);
});

test('a record with a step, a time or an outcome that nobody knows counts as nothing', () => {
  using place = folder();
  const odd = [{ step: 'nuke' }, { at: 'yesterday' }, { endedAt: 7 }, { outcome: 7 }, { because: {} }].map((change) => ({
    ...record('a'),
    ...change,
  }));
  writeFileSync(join(place.path, 'healing.json'), JSON.stringify([...odd, null, record('b')]));
  expect(readHealing(place.path)).toEqual([record('b')]);
});
