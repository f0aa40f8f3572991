import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { goneHostsFile, readGoneHosts, recordGoneHost } from '../../src/journal/gone-hosts.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-gone-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const gone = { since: '2026-12-01T12:00:00.000Z', reason: 'dead' };

test('hosts that are recorded at the same time are all kept, and one that is back is forgotten', async () => {
  expect(readGoneHosts(dir).size).toBe(0);
  await Promise.all(['a', 'b', 'c'].map((name) => recordGoneHost(dir, name, gone)));
  await recordGoneHost(dir, 'b', undefined);
  expect([...readGoneHosts(dir).keys()].sort()).toEqual(['a', 'c']);
  expect(readGoneHosts(dir).get('a')).toEqual(gone);
});

test.each(['{', '[]', '{"a":{"since":1}}'])('a damaged file is an error that names it: %s', (text) => {
  writeFileSync(goneHostsFile(dir), text);
  expect(() => readGoneHosts(dir)).toThrow(expect.objectContaining({ code: 'SW5002' }));
});
