import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { readDurations, recordDurations } from '../../../src/journal/memory/item-durations.ts';
import { folder } from '../temporary-folder.ts';

/** A run in which `host` with so many cores published `item` in so many seconds. */
function built(item: string, seconds: number, host = 'drone-a', cores = 8): RunState {
  const head = { v: 1, run: 'k3f9', seq: 0, at: '2026-01-01T00:00:00.000Z', host } as const;
  return [
    { ...head, type: 'host.connected', route: 'here', cores, ms: 1 } as const,
    { ...head, type: 'item.started', item, attempt: 1 } as const,
    { ...head, type: 'item.finished', item, attempt: 1, ms: seconds * 1000 } as const,
  ].reduce(reduce, initialRunState('k3f9'));
}

test('an item takes the median of its last five times, on hosts of its class where there were any', async () => {
  using dir = folder();
  for (const seconds of [999, 999, 10, 30, 20, 50, 40]) await recordDurations(dir.path, built('app/one-1.0', seconds));
  for (const seconds of [100, 300, 200]) await recordDurations(dir.path, built('app/one-1.0', seconds, 'drone-b', 2));
  const durations = readDurations(dir.path);
  expect(durations.get('app/one-1.0', 8)).toBe(30);
  expect(durations.get('app/one-1.0', 2)).toBe(200);
  expect(durations.get('app/one-1.0')).toBe(45); // every class together: 10 20 30 40 | 50 100 200 300
});

test('a new version is expected to take as long as the ones before; a new package is not guessed', async () => {
  using dir = folder();
  await recordDurations(dir.path, built('dev-libs/openssl-3.0.15-r1', 60));
  const durations = readDurations(dir.path);
  expect(durations.get('dev-libs/openssl-3.0.16')).toBe(60);
  expect(durations.get('dev-libs/openssl-compat-1.1')).toBeUndefined();
});

test('a damaged file of estimates stops nothing', async () => {
  using dir = folder();
  for (const text of ['{', '[]', '{"app/one":{"8 cores":["x"]}}']) {
    writeFileSync(join(dir.path, 'durations.json'), text);
    expect(readDurations(dir.path).get('app/one-1')).toBeUndefined();
  }
  await recordDurations(dir.path, built('app/one-1', 5));
  expect(readDurations(dir.path).get('app/one-1')).toBe(5);
});
