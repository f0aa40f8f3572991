import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDisruptionLog } from '../../../src/journal/disruption-log.ts';
import { readRouteMemory, recordRoutes } from '../../../src/journal/memory/route-memory.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-routes-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const host = 'drone-tarn';
const [wrong, right] = ['local 10.42.0.199:22', 'tailscale 100.64.0.91:22'];
const at = Date.parse('2026-01-01T00:00:00Z');

test('a route that led to another machine is remembered until it is seen to lead to its host; silence clears nothing', async () => {
  await recordRoutes(
    dir,
    [{ host, route: wrong, status: 'misdirected', machine: 'gateway', code: 'SW3001', message: 'gateway answers' }],
    at,
  );
  await recordRoutes(
    dir,
    [{ host, route: wrong, status: 'misdirected', machine: 'gateway', code: 'SW3001', message: 'gateway answers' }],
    at + 5000,
  );
  await recordRoutes(
    dir,
    [
      { host, route: wrong, status: 'unreachable' },
      { host, route: right, status: 'proven' },
    ],
    at + 9000,
  );
  const since = new Date(at).toISOString();
  expect(readRouteMemory(dir, at).misdirected.get(host)).toEqual([
    { route: wrong, machine: 'gateway', code: 'SW3001', message: 'gateway answers', since },
  ]);
  await recordRoutes(dir, [{ host, route: wrong, status: 'proven' }], at + 10_000);
  expect(readRouteMemory(dir, at).misdirected.size).toBe(0);
});

test('a route is unreachable from its first failure until a machine answers on it', async () => {
  const failure = { host, route: right, status: 'unreachable', message: 'connection refused' } as const;
  await recordRoutes(dir, [failure], at);
  await recordRoutes(dir, [failure], at + 60_000);
  const since = new Date(at).toISOString();
  expect(readRouteMemory(dir, at).unreachable.get(host)).toEqual([{ route: right, message: 'connection refused', since }]);
  await recordRoutes(dir, [{ host, route: right, status: 'misdirected', machine: 'gateway' }], at + 61_000);
  expect(readRouteMemory(dir, at).unreachable.size).toBe(0);
});

test('a route on which an unknown machine answers is unproven until a machine proves to be the host; silence clears nothing', async () => {
  const strange = { host, route: right, status: 'untrusted', code: 'SW2003', message: 'the host key is not pinned' } as const;
  await recordRoutes(dir, [strange, { host: 'new', route: wrong, status: 'untrusted', code: 'SW1305', message: 'not trusted yet' }], at);
  await recordRoutes(dir, [{ host, route: right, status: 'unreachable', message: 'refused' }], at + 60_000);
  const since = new Date(at).toISOString();
  expect([...readRouteMemory(dir, at).unproven]).toEqual([[host, [{ route: right, message: 'the host key is not pinned', since }]]]);
  await recordRoutes(dir, [{ host, route: right, status: 'proven' }], at + 61_000);
  expect(readRouteMemory(dir, at).unproven.size).toBe(0);
});

test('the last winner is asked first for an hour, then the order of the inventory counts again', async () => {
  await recordRoutes(dir, [{ host, route: right, status: 'proven', won: true }], at);
  await recordRoutes(dir, [{ host, route: right, status: 'proven', won: true }], at + 3_000_000);
  expect(readRouteMemory(dir, at + 3_500_000).lastUsed.get(host)).toBe(right);
  expect(readRouteMemory(dir, at + 3_700_000).lastUsed.get(host)).toBeUndefined();
  await recordRoutes(dir, [{ host, route: wrong, status: 'proven' }], at); // only looked at
  expect(readRouteMemory(dir, at).lastUsed.get(host)).toBe(right);
});

test('a damaged memory is not a memory, and is written anew', async () => {
  for (const text of [
    '',
    'x',
    '[]',
    '{"drone-tarn":{"last":3}}',
    '{"drone-tarn":null}',
    '{"drone-tarn":{"misdirected":[{}]}}',
    '{"drone-tarn":{"unreachable":[{}]}}',
  ]) {
    writeFileSync(join(dir, 'routes.json'), text);
    const { lastUsed, misdirected, unreachable } = readRouteMemory(dir, at);
    expect([lastUsed.size, misdirected.size, unreachable.size]).toEqual([0, 0, 0]);
  }
  await recordRoutes(dir, [{ host, route: right, status: 'proven', won: true }], at);
  expect(readRouteMemory(dir, at).lastUsed.size).toBe(1);
});

const reboot = {
  run: 'k3f9',
  host,
  subject: 'reboot',
  at: '2026-01-01T00:00:00Z',
  bootId: 'b',
  initStart: '1',
  restarts: true,
  automatic: false,
};

test('disruptions outlive a process; a partial last line is dropped, damage before it is an error', () => {
  const one = openDisruptionLog(dir);
  const id = one.recordStart(reboot);
  const file = join(dir, 'disruptions.jsonl');
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"id":"x","ho`);
  expect(openDisruptionLog(dir).list()).toEqual([{ ...reboot, id }]);
  one.recordEnd(id, '2026-01-01T00:05:00Z');
  expect(openDisruptionLog(dir).list()).toEqual([{ ...reboot, id, endedAt: '2026-01-01T00:05:00Z' }]);
  writeFileSync(file, `half\n${readFileSync(file, 'utf8')}`);
  expect(() => openDisruptionLog(dir).list()).toThrow(expect.objectContaining({ code: 'SW5002' }));
});

test.each(['null', '7', '[]', '{}', '{"id":"x"}', '{"id":"x","host":"a"}', '{"id":"x","endedAt":"later"}'])(
  'a line that is not a disruption is damage too: %s',
  (line) => {
    const log = openDisruptionLog(dir);
    log.recordStart(reboot);
    const file = join(dir, 'disruptions.jsonl');
    writeFileSync(file, `${line}\n${readFileSync(file, 'utf8')}`);
    expect(() => log.list()).toThrow(expect.objectContaining({ code: 'SW5002' }));
  },
);

test('only one process holds the lock; the error of the second names the run that holds it', async () => {
  const first = await openDisruptionLog(dir).acquireLock({ run: 'k3f9', host, subject: 'reboot of drone-tarn' });
  const second = openDisruptionLog(dir).acquireLock({ run: 'zzzz', host: 'b', subject: 'reboot of b' });
  await expect(second).rejects.toMatchObject({ code: 'SW3003', message: expect.stringMatching(/k3f9.*reboot of drone-tarn/) });
  await first[Symbol.asyncDispose]();
  await using _ = await openDisruptionLog(dir).acquireLock({ run: 'zzzz', host: 'b', subject: 'reboot of b' });
});

test('the cores of a host are those that it said when it was reached last, and an absurd number is none', async () => {
  await recordRoutes(dir, [{ host, route: right, status: 'proven', cores: 8 }], at);
  await recordRoutes(dir, [{ host, route: right, status: 'proven', cores: 16 }], at + 1);
  await recordRoutes(dir, [{ host, route: right, status: 'unreachable' }], at + 2);
  expect(readRouteMemory(dir, at).cores).toEqual(new Map([[host, 16]]));
  await recordRoutes(dir, [{ host, route: right, status: 'proven', cores: -1 }], at + 3);
  expect(readRouteMemory(dir, at).cores).toEqual(new Map());
});
