import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { askHost, findBuilds, parseLoad } from '../../../src/fleet/overview/live-host.ts';
import { finished, started } from '../../journal/run-events.ts';
import { makeHost } from '../inventory-hosts.ts';
import { GONE, temporaryProject, writeRun } from '../runs/written-run.ts';

const never = new AbortController().signal;

test('load and memory are read; what a host does not say is left out', () => {
  expect(parseLoad('load\t0.50\t1.00\t2.25\ntotal\t2048\nfree\t1024\n')).toEqual({
    load: [0.5, 1, 2.25],
    memory: { free: 1024 ** 2, total: 2 * 1024 ** 2 },
  });
  expect(parseLoad('Welcome!\nload\tx\ttwo\n')).toEqual({});
});

test('a host that hangs is silent when its time is over, with the command to type', async () => {
  const hangs = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  expect(await askHost(hangs, makeHost('d1'), 20, never)).toMatchObject({
    status: 'silent',
    error: { code: 'SW2001', message: 'no answer within 0.02 s', hint: expect.stringContaining('swarm hosts verify d1') },
  });
});

test('a host with another identity is refused, one that no route leads to is unreachable', async () => {
  const ends = (code: 'SW3001' | 'SW2001') => () => Promise.reject(new SwarmError(code, 'no'));
  expect((await askHost(ends('SW3001'), makeHost('d1'), 1000, never)).status).toBe('refused');
  expect((await askHost(ends('SW2001'), makeHost('d1'), 1000, never)).status).toBe('unreachable');
});

test('an interrupt ends the asking', async () => {
  const stop = AbortSignal.abort(new Error('interrupted'));
  await expect(askHost(() => Promise.reject(stop.reason), makeHost('d1'), 1000, stop)).rejects.toThrow('interrupted');
});

test('what a host works on comes from the runs that go on, not from those that have ended', async () => {
  using project = temporaryProject();
  const item = (name: string) => ({ type: 'item.started', item: name, host: 'd1', attempt: 1 }) as const;
  await writeRun(project, 'now', started(process.pid), item('icu'));
  await writeRun(project, 'killed', started(GONE), item('zlib'));
  await writeRun(project, 'over', started(GONE), item('jq'), finished);
  expect([...findBuilds(project)]).toEqual([['d1', [{ run: 'now', item: 'icu', since: expect.any(String) }]]]);
});
