import { fstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState, type RunState } from '../../../src/core/run-state.ts';
import { execReporter } from '../../../src/report/reporters/exec-lines.ts';
import { execJsonReporter } from '../../../src/report/reporters/json-reporter.ts';
import { openOutputSink } from '../../../src/report/reporters/output-sink.ts';
import { openOutputSpool } from '../../../src/report/reporters/output-spool.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';

const style = detectTerminalStyle({}, {});
const dirs: string[] = [];
const makeFolder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-spool-'));
  dirs.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A reader that takes pieces one after the other, and what it got. */
function slowReader(): { readonly out: Writable; readonly text: () => string; readonly mostWaiting: () => number } {
  const parts: Buffer[] = [];
  let most = 0;
  const out = new Writable({
    highWaterMark: 1024,
    write(part: Buffer, _encoding, done) {
      most = Math.max(most, out.writableLength);
      parts.push(part);
      setImmediate(done);
    },
  });
  return { out, text: () => Buffer.concat(parts).toString(), mostWaiting: () => most };
}

function linkOf(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`);
  } catch {
    return ''; // closed meanwhile
  }
}

let seq = 0;
const output = (host: string, lines: readonly string[], stream: 'stdout' | 'stderr' = 'stdout'): RunEvent => ({
  ...{ v: 1, run: 'r', seq: seq++, at: '2026-01-01T00:00:00.000Z' },
  ...({ type: 'task.output', host, task: 'command', stream, lines } satisfies RunEventData),
});

test('texts come back by key, in any size, also where a character of several bytes meets the end of a piece', async () => {
  const dir = makeFolder();
  const spool = openOutputSpool(dir, 1000);
  const expected = new Map<string, string>();
  for (let number = 0; number < 2000; number++) {
    const key = `k${number % 3}`;
    const text = `${'ä€😀'.repeat(number % 60)}${number}\n`;
    expected.set(key, (expected.get(key) ?? '') + text);
    spool.append(key, text);
  }
  expect(spool.keys()).toEqual(['k0', 'k1', 'k2']);
  for (const [key, text] of expected) {
    const reader = slowReader();
    await spool.copyTo(key, openOutputSink(reader.out));
    await openOutputSink(reader.out).flush();
    expect(reader.text()).toBe(text);
  }
  expect(readdirSync(dir)).toEqual([]); // also while it is open
  spool.close();
});

test('much output waits on the disk, and for its reader', async () => {
  const dir = makeFolder();
  const spool = openOutputSpool(dir);
  const { out, text, mostWaiting } = slowReader();
  const part = 'x'.repeat(64 * 1024);
  for (let round = 0; round < 160; round++) for (const host of ['a', 'b']) spool.append(host, part);
  const spooled = readdirSync('/proc/self/fd').filter((each) => linkOf(each).startsWith(dir));
  expect(spooled.map((each) => fstatSync(Number(each)).size)).toEqual([20 * 2 ** 20]);
  await spool.copyTo('b', openOutputSink(out));
  await openOutputSink(out).flush();
  expect(mostWaiting()).toBeLessThan(4 * 2 ** 20);
  expect(text().length).toBe(160 * part.length);
  spool.close();
});

test('exec prints host by host where it has a spool', async () => {
  const { out, text } = slowReader();
  const reporter = execReporter(out, new PassThrough(), style, openOutputSpool(makeFolder(), 10));
  for (const event of [output('a', ['1', '2']), output('b', ['x'.repeat(20)]), output('a', ['3'])])
    reporter.event(event, initialRunState('r'));
  expect(text()).toBe('');
  await reporter.close(initialRunState('r'));
  expect(text().replaceAll('│', '|')).toBe(`a\n| 1\n| 2\n| 3\nb\n| ${'x'.repeat(20)}\n`);
});

test('-o json has the same output as ever, from the disk too', async () => {
  const run = (size: number): Promise<string> => {
    let state: RunState = initialRunState('r');
    const { out, text } = slowReader();
    const reporter = execJsonReporter(out, openOutputSpool(makeFolder(), size));
    const started = { ...output('a', []), type: 'play.started', play: 'p', hosts: ['a', 'b'], tasks: 1, queue: false } as RunEvent;
    for (const event of [
      started,
      output('a', ['"1"\\', '\ud800 2']),
      output('b', ['x'], 'stderr'),
      output('a', ['', '3']),
      output('b', ['']),
    ]) {
      state = reduce(state, event);
      reporter.event(event, state);
    }
    return reporter.close(state).then(text);
  };
  for (const size of [1, 2 ** 20]) {
    const { hosts } = JSON.parse(await run(size));
    expect(hosts.a).toMatchObject({ stdout: '"1"\\\n\ud800 2\n\n3', stderr: '', exit: null });
    expect(hosts.b).toMatchObject({ stdout: '', stderr: 'x' });
  }
});

test('a disk that is full is told at the end, with the command that prints the output', async () => {
  const dir = makeFolder();
  const spool = openOutputSpool(join(dir, 'gone'), 1);
  spool.append('a', 'text');
  await spool.copyTo('a', openOutputSink(new PassThrough()));
  expect(() => spool.close()).toThrow(/gone/);
});
