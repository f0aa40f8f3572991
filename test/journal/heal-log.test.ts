import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const odd = [{ step: 'nuke' }, { at: 'yesterday' }, { endedAt: 7 }, { outcome: 7 }, { because: {} }, { host: 1 }];

test.each(['', '[{"host":1},', '{}', 'null', ...odd.map((change) => JSON.stringify([record('b'), { ...record('a'), ...change }]))])(
  'a damaged file heals nobody, stays as it is, and the error says how it is repaired: %s',
  async (text) => {
    using place = folder();
    const file = join(place.path, 'healing.json');
    writeFileSync(file, text);
    const log = openHealLog(place.path);
    let asked = 0;
    const decide = (): HealRecord => {
      asked += 1;
      return record('a');
    };
    await expect(log.start(decide)).rejects.toMatchObject({ code: 'SW5002', hint: expect.stringContaining('remove the file') });
    await expect(log.end(record('a'), { outcome: 'healed', at: '2026-01-01T00:01:00.000Z' })).rejects.toMatchObject({ code: 'SW5002' });
    expect([asked, readFileSync(file, 'utf8')]).toEqual([0, text]);
    expect(readHealing(place.path)).toMatchObject({ code: 'SW5002' });
    rmSync(file);
    expect(await log.start(decide)).toEqual(record('a'));
  },
);

test('what cannot be read heals nobody either', async () => {
  using place = folder();
  mkdirSync(join(place.path, 'healing.json'));
  await expect(openHealLog(place.path).start(() => record('a'))).rejects.toMatchObject({ code: expect.stringMatching(/^SW50/) });
});
