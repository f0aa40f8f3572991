import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limitTransfer } from '../../../src/remote/session/transfer-limit.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const DEFAULT_LIMIT = { leastRate: 1024, windowMs: 120_000 };
const nothing = new PassThrough();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets time pass, with so many bytes at the beginning of each second. */
async function passSeconds(seconds: number, eachSecond: () => unknown): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await eachSecond();
    await turn();
    vi.advanceTimersByTime(1000);
  }
}

function receiving(reads: boolean) {
  const source = new PassThrough();
  const errors: unknown[] = [];
  const { stdout } = limitTransfer({ stdin: nothing, stdout: source }, 'from host', DEFAULT_LIMIT, (error) => errors.push(error));
  stdout.on('error', (error) => errors.push(error));
  if (reads) stdout.on('data', () => undefined);
  return { source, errors };
}

test('a host that sends a byte a minute is given up', async () => {
  const { source, errors } = receiving(true);
  let second = 0;
  await passSeconds(200, () => second++ % 60 === 0 && source.write('x'));
  expect(errors).toEqual([expect.objectContaining({ code: 'SW6051' }), expect.objectContaining({ code: 'SW6051' })]);
  expect(String(errors[0])).toContain('2 bytes in 120 s, and at least 1024 a second are due');
});

test('a slow link is none, and neither is a reader here that has no time', async () => {
  const slow = receiving(true);
  await passSeconds(600, () => slow.source.write(Buffer.alloc(2048)));
  expect(slow.errors).toEqual([]);
  slow.source.end();
  const behind = receiving(false);
  behind.source.write('x');
  await passSeconds(300, () => undefined);
  expect(behind.errors).toEqual([]);
});

test('a transfer that has ended is watched no more', async () => {
  const { source, errors } = receiving(true);
  source.end('all');
  await passSeconds(300, () => undefined);
  expect(errors).toEqual([]);
});

function sending(take: (done: () => void) => void, limit = DEFAULT_LIMIT) {
  const target = new Writable({ highWaterMark: 1, write: (_chunk, _, done) => take(done) });
  const errors: unknown[] = [];
  const { stdin } = limitTransfer({ stdin: target, stdout: nothing }, 'to host', limit, (error) => errors.push(error));
  return { stdin, errors };
}

test('a host that takes nothing is given up; one that takes its pieces is not', async () => {
  const stuck = sending(() => undefined);
  stuck.stdin.end(Buffer.alloc(1_000_000));
  await passSeconds(200, () => undefined);
  expect(stuck.errors).toEqual([expect.objectContaining({ code: 'SW6051' })]);

  const waiting: (() => void)[] = [];
  const slow = sending((done) => void waiting.push(done));
  slow.stdin.end(Buffer.alloc(1_000_000));
  await passSeconds(600, () => waiting.shift()?.());
  expect(slow.errors).toEqual([]);
});

test('a host that takes much at once, as sshd does, is slow over a time that has room for it', async () => {
  const waiting: (() => void)[] = [];
  const { stdin, errors } = sending((done) => void waiting.push(done), { leastRate: 100, windowMs: 120_000 });
  let second = 0;
  stdin.end(Buffer.alloc(1_000_000));
  await passSeconds(3000, async () => {
    if (second++ % 480 !== 479) return;
    for (let piece = 0; piece < 6; piece++) {
      waiting.shift()?.();
      await turn();
    }
  });
  expect(errors).toEqual([]);
});

test('where nothing is to be sent, the host is not blamed', async () => {
  const { errors } = sending((done) => done());
  await passSeconds(300, () => undefined);
  expect(errors).toEqual([]);
});
