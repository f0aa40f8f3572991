import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import push from '../../../modules/files/push.ts';
import { type Remote, SwarmError } from '../../../src/index.ts';
import { findMarkedProcesses, killAll, MARK_VARIABLE } from '../../machines/marked-processes.ts';
import { createLocalHost, driveModule } from '../../modules/local-host.ts';

/** A push that is cut: the old tree or the new one, never a mixture, and the service runs what is there. */
let dir: string;
let mark: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-push-faults-'));
  mark = dir.slice(-6);
  mkdirSync(join(dir, 'files/set/deep'), { recursive: true });
});
afterEach(async () => {
  await killAll(() => findMarkedProcesses(mark));
  rmSync(dir, { recursive: true, force: true });
});

const PATHS = ['a', 'b', 'deep/c'];
const writeSource = (text: string): void => {
  for (const path of PATHS) writeFileSync(join(dir, 'files/set', path), text);
};
const dest = (): string => join(dir, 'etc/set');
/** What is in each file of the tree, and what the service was started with. */
const found = (): readonly string[] => PATHS.map((path) => readFileSync(join(dest(), path), 'utf8'));
const running = (): string => readFileSync(join(dir, 'running'), 'utf8');

/** The calls of a remote in order. From call `at` on the connection is lost: before the call gets there, or while its answer comes back. */
function cutRemote(
  remote: Remote,
  at: number,
  moment: 'before' | 'after',
  onCut: () => Promise<void>,
): { readonly remote: Remote; readonly calls: () => number; readonly gone: Promise<void> } {
  let calls = 0;
  const stop = new AbortController();
  const gone = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const lost = () => new SwarmError('SW2001', 'cut');
  const cut =
    <Args extends readonly unknown[], Out>(work: (...args: Args) => Promise<Out>) =>
    async (...args: Args): Promise<Out> => {
      calls += 1;
      if (calls < at) return work(...args);
      if (calls === at && moment === 'after') destroyInput(await work(...args));
      if (calls === at) {
        await onCut();
        stop.abort();
      }
      throw lost();
    };
  const cutOne = { query: cut(remote.query), exec: cut(remote.exec), open: cut(remote.open), reconnect: cut(remote.reconnect) };
  return {
    remote: Object.create(remote, Object.getOwnPropertyDescriptors({ ...cutOne, signal: stop.signal })) as Remote,
    calls: () => calls,
    gone,
  };
}

/** What the other side gets of a stream whose connection is lost. */
function destroyInput(opened: unknown): void {
  if (typeof opened === 'object' && opened !== null && 'stdin' in opened) (opened.stdin as Writable).destroy();
}

let runs = 0;
const args = (confirm = '1s') =>
  push.args.parse({
    trees: [{ source: 'set/', dest: dest() }],
    services: [{ command: ['cp', join(dest(), 'a'), join(dir, 'running')] }],
    confirm,
  });
const host = () => createLocalHost(dir, { jobId: `run${runs}`, place: { run: `run${runs++}` }, env: { [MARK_VARIABLE]: mark } });
async function pushWhole(): Promise<void> {
  const remote = host();
  await driveModule(push.run(remote, args('30s')), remote);
}
/** swarm is gone with the connection: nothing tries again. */
async function pushCut(at: number, moment: 'before' | 'after', onCut = async () => {}): Promise<number> {
  const { remote, calls, gone } = cutRemote(host(), at, moment, onCut);
  await Promise.race([driveModule(push.run(remote, args()), remote).catch(() => undefined), gone]);
  return calls();
}
const untilQuiet = async (): Promise<void> => {
  for (let n = 0; findMarkedProcesses(mark).length > 0 && n < 300; n++) await wait(50);
};

/** More than a push makes. */
const STEPS = Array.from({ length: 17 }, (_, index) => index + 1);

describe.each(['before', 'after'] as const)('the connection and swarm are lost %s a step', (moment) => {
  test.each(STEPS)('step %i', async (at) => {
    writeSource('old');
    await pushWhole();
    writeSource('new');
    await pushCut(at, moment);
    await untilQuiet();
    expect([new Set(found()).size, running()]).toEqual([1, found()[0]]);
    await pushWhole();
    await untilQuiet();
    expect([found(), running()]).toEqual([PATHS.map(() => 'new'), 'new']);
    expect(readdirSync(join(dir, '.local/state/swarm/push')).sort()).toEqual(['.lock', 'last']);
    expect(readdirSync(join(dir, 'etc/.set.versions')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('the host goes down, as when the power goes', () => {
  test.each(STEPS.flatMap((at) => [[at, 0] as const, [at, 60] as const]))('at step %i, %i ms later', async (at, ms) => {
    writeSource('old');
    await pushWhole();
    writeSource('new');
    await pushCut(at, 'after', async () => {
      await wait(ms);
      await killAll(() => findMarkedProcesses(mark));
    });
    await killAll(() => findMarkedProcesses(mark));
    expect(new Set(found()).size).toBe(1);
    await pushWhole();
    await untilQuiet();
    expect([found(), running()]).toEqual([PATHS.map(() => 'new'), 'new']);
    expect(readdirSync(join(dir, 'etc/.set.versions')).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

test('a push makes no more steps than these', async () => {
  writeSource('old');
  await pushWhole();
  writeSource('new');
  expect(await pushCut(99, 'before')).toBeLessThan(STEPS.length);
  expect(found()).toEqual(PATHS.map(() => 'new'));
});

test('a host that is shut down before the confirmation has the old tree', async () => {
  writeSource('old');
  await pushWhole();
  writeSource('new');
  const shutDown = async (): Promise<void> => {
    expect(found()).toEqual(PATHS.map(() => 'new'));
    for (const pid of findMarkedProcesses(mark)) process.kill(pid, 'SIGTERM');
    await untilQuiet();
  };
  const remote = createLocalHost(dir, { jobId: 'run', env: { [MARK_VARIABLE]: mark }, onReconnect: shutDown });
  await expect(driveModule(push.run(remote, args('30s')), remote)).rejects.toMatchObject({ code: 'SW6030' });
  expect(found()).toEqual(PATHS.map(() => 'old'));
});

test('who reads meanwhile finds the old tree or the new one at every moment', async () => {
  writeSource('old');
  await pushWhole();
  const script = `while :; do (cd ${dest()} && cat a b deep/c && echo) || echo missing; done`;
  const reader = spawn('sh', ['-c', script], { env: { ...process.env, [MARK_VARIABLE]: mark }, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  reader.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  writeSource('new');
  await pushWhole();
  reader.kill();
  await new Promise((done) => reader.once('close', done));
  expect(new Set(text.split('\n').slice(0, -1))).toEqual(new Set(['oldoldold', 'newnewnew']));
  expect(existsSync(dest())).toBe(true);
});
