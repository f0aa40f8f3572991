// What the live screen costs: `swarm runs watch` behind a pseudo-terminal of 200x60, while another process (this one) writes the journal of
// 64 hosts with 2,000 lines a second; then one job of 1,000,000 lines.
//   npm run bench:screen [-- SECONDS]        needs script(1) of util-linux and Linux's /proc
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { packageRoot } from '../src/core/program/package-root.ts';
import { type Journal, openJournal } from '../src/journal/journal.ts';

const SECONDS = Number(process.argv[2] ?? 120);
const HOSTS = 64;
const LINES_A_SECOND = 2000;
const LONG_JOB = 1_000_000;
const TICK_MS = 50;
const bin = join(packageRoot(), 'dist/src/bin.js');
const names = Array.from({ length: HOSTS }, (_, index) => `d${String(index + 1).padStart(2, '0')}`);
const MIB = 1024;

const dir = mkdtempSync(join(tmpdir(), 'swarm-bench-'));
mkdirSync(join(dir, 'inventory'));
writeFileSync(
  join(dir, 'inventory/swarm.yml'),
  `hosts:\n${names.map((name, at) => `  ${name}: { routes: [ { local: 10.0.0.${at + 1} } ] }\n`).join('')}`,
);
const runs = join(dir, '.swarm', 'runs');

/** A run of 64 hosts that all build. */
async function begun(run: string, hosts: readonly string[]): Promise<Journal> {
  const journal = await openJournal(runs, run);
  journal.emit({ type: 'run.started', playbook: 'build', args: null, hosts, check: false, diff: false, pid: process.pid, version: '' });
  journal.emit({ type: 'play.started', play: 'Build', hosts, tasks: 3, queue: true });
  const items = Array.from({ length: 318 }, (_, at) => ({ id: `dev-libs/part-${at}-1.0`, needs: [], estimate: 600 }));
  journal.emit({ type: 'queue.planned', items });
  for (const [at, host] of hosts.entries()) {
    journal.emit({
      type: 'host.connected',
      host,
      route: `local 10.0.0.${at + 1}:22`,
      fingerprint: 'SHA256:pY1abcdefgh0aQ',
      cores: 8,
      ms: 40,
    });
    journal.emit({ type: 'item.started', host, item: `dev-libs/part-${at}-1.0`, attempt: 1 });
    journal.emit({ type: 'task.started', host, task: '0', name: 'Compile', module: 'emerge', item: `dev-libs/part-${at}-1.0` });
  }
  await journal.flush();
  return journal;
}

const compiler = (at: number): string =>
  `[${at % 2210}/2210] x86_64-pc-linux-gnu-g++ -O2 -pipe -march=x86-64-v3 -Iinclude -c src/part-${at % 977}.cc -o obj/part-${at % 977}.o`;

/** Writes lines as hosts print them, a few at a time, and progress; until told. */
async function chatter(journal: Journal, signal: AbortSignal): Promise<number> {
  let told = 0;
  const start = performance.now();
  for (let tick = 0; !signal.aborted; tick++) {
    const due = Math.floor(((performance.now() - start) / 1000) * LINES_A_SECOND);
    while (told < due) {
      const host = names[((told / 4) % HOSTS) | 0] ?? '';
      const item = `dev-libs/part-${names.indexOf(host)}-1.0`;
      journal.emit({
        type: 'task.output',
        host,
        task: '0',
        item,
        stream: 'stdout',
        lines: [0, 1, 2, 3].map((each) => compiler(told + each)),
      });
      told += 4;
    }
    if (tick % 20 === 0)
      for (const [at, host] of names.entries())
        journal.emit({
          type: 'task.progress',
          host,
          task: '0',
          item: `dev-libs/part-${at}-1.0`,
          phase: 'compile',
          done: tick,
          total: 9999,
        });
    await wait(TICK_MS);
  }
  return told;
}

interface Watched {
  readonly pid: number;
  frames(): number;
  /** Milliseconds until the screen has answered a key. */
  press(key: string, answer: string | RegExp): Promise<number>;
  close(): Promise<void>;
}

/** `swarm runs watch` behind a pseudo-terminal. */
async function watched(run: string): Promise<Watched> {
  const command = `stty cols 200 rows 60; exec '${process.execPath}' '${bin}' -C '${dir}' runs watch ${run}`;
  const { CI: _, NO_COLOR: __, ...env } = process.env;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/sh' },
  });
  let frames = 0;
  let heard: (text: string) => void = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    frames += text.split('\x1b[?2026h').length - 1;
    heard(text);
  });
  const says = (wanted: string | RegExp): Promise<void> =>
    new Promise((done) => {
      let seen = '';
      heard = (text) => {
        seen += text;
        if (typeof wanted === 'string' ? seen.includes(wanted) : wanted.test(seen)) done();
      };
    });
  await says(/follow +[\d\s]+ lines/u);
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim());
  const closed = new Promise<void>((done) => child.on('close', () => done()));
  return {
    pid,
    frames: () => frames,
    async press(key, answer) {
      const answered = says(answer);
      const at = performance.now();
      child.stdin.write(key);
      await answered;
      return performance.now() - at;
    },
    async close() {
      child.stdin.write('q');
      await closed;
    },
  };
}

const memory = (pid: number, field: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / MIB;

/** Seconds of processor time so far. */
function used(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Least squares, per minute. */
function slope(points: readonly (readonly [seconds: number, mib: number])[]): number {
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return (60 * over) / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function busyFleet(): Promise<void> {
  const journal = await begun('aaaa', names);
  const stop = new AbortController();
  const writing = chatter(journal, stop.signal);
  const screen = await watched('aaaa');
  await wait(3000);
  const [frames, cpu, start] = [screen.frames(), used(screen.pid), performance.now()];
  const keys: number[] = [];
  const sizes: (readonly [number, number])[] = [];
  const SORTS = ['sorted by name', 'longest running first', 'problems first'];
  for (let at = 0; performance.now() - start < SECONDS * 1000; at++) {
    keys.push(await screen.press('o', SORTS[at % SORTS.length] ?? ''));
    sizes.push([(performance.now() - start) / 1000, memory(screen.pid, 'VmRSS')]);
    await wait(1000);
  }
  const seconds = (performance.now() - start) / 1000;
  const late = keys.toSorted((a, b) => a - b);
  const warm = sizes.slice(Math.floor(sizes.length / 4));
  say(`64 hosts, ${LINES_A_SECOND} lines/s, 200x60, ${seconds.toFixed(0)} s`);
  say(`  frames/s             ${((screen.frames() - frames) / seconds).toFixed(1)}        (8 or more wanted)`);
  say(`  key to answer        median ${late[late.length >> 1]?.toFixed(0)} ms, worst ${late.at(-1)?.toFixed(0)} ms   (100 ms)`);
  say(`  processor            ${(((used(screen.pid) - cpu) / seconds) * 100).toFixed(0)} % of a core   (40 %)`);
  say(
    `  memory               ${memory(screen.pid, 'VmRSS').toFixed(0)} MiB, most ${memory(screen.pid, 'VmHWM').toFixed(0)} MiB   (250 MiB)`,
  );
  say(`  growth               ${slope(warm).toFixed(1)} MiB a minute, after the first quarter`);
  await screen.close();
  stop.abort();
  say(`  lines written        ${await writing}`);
  await journal.close();
}

async function longJob(): Promise<void> {
  const journal = await begun('bbbb', names.slice(0, 1));
  const screen = await watched('bbbb');
  const early = memory(screen.pid, 'VmRSS');
  const start = performance.now();
  for (let at = 0; at < LONG_JOB; at += 100) {
    const lines = Array.from({ length: 100 }, (_, each) => compiler(at + each));
    journal.emit({ type: 'task.output', host: 'd01', task: '0', item: 'dev-libs/part-0-1.0', stream: 'stdout', lines });
    if (at % 10_000 === 0) await journal.flush();
  }
  await journal.flush();
  await screen.press('l', /1\D?000\D?000 lines/u);
  say(`1,000,000 lines of one job, watched: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  say(
    `  memory               ${early.toFixed(0)} MiB before, ${memory(screen.pid, 'VmRSS').toFixed(0)} MiB after, most ${memory(screen.pid, 'VmHWM').toFixed(0)} MiB`,
  );
  await screen.close();
  journal.emit({ type: 'run.finished', status: 'ok', exit: 0, ms: 1 });
  await journal.close();
  for (const words of [
    ['runs', 'show', 'bbbb', '-v'],
    ['runs', 'logs', 'bbbb'],
  ]) {
    const child = spawn(process.execPath, [bin, '-C', dir, ...words], { stdio: ['ignore', 'ignore', 'ignore'] });
    let most = 0;
    const look = setInterval(() => {
      try {
        most = Math.max(most, memory(child.pid ?? 0, 'VmHWM'));
      } catch {
        // it has ended
      }
    }, 50);
    const at = performance.now();
    await new Promise((done) => child.on('close', done));
    clearInterval(look);
    say(`  swarm ${words.join(' ').padEnd(20)} ${((performance.now() - at) / 1000).toFixed(1)} s, most ${most.toFixed(0)} MiB`);
  }
}

try {
  await busyFleet();
  await longJob();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
