import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/program/package-root.ts';

/** A journal that is read faster than anybody takes what is printed of it. */
const MIB = 1024 * 1024;
const EVENTS = 20;
const dir = mkdtempSync(join(tmpdir(), 'swarm-slow-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeAll(() => {
  const event = (seq: number, fields: object) =>
    `${JSON.stringify({ v: 1, run: 'abcd', seq, at: '2026-01-01T00:00:00.000Z', ...fields })}\n`;
  const started = { type: 'run.started', playbook: 'exec', args: {}, hosts: ['d1'], check: false, diff: false, pid: 1, version: '0' };
  const printed = { type: 'task.output', host: 'd1', task: 't1', stream: 'stdout', lines: Array(MIB / 64).fill('x'.repeat(63)) };
  mkdirSync(join(dir, 'inventory'));
  writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts: { d1: { routes: [ { local: 10.0.0.1 } ] } }\n');
  mkdirSync(join(dir, '.swarm/runs/abcd'), { recursive: true });
  writeFileSync(
    join(dir, '.swarm/runs/abcd/events.jsonl'),
    [event(0, started), ...Array.from({ length: EVENTS }, (_, at) => event(at + 1, printed))].join(''),
  );
});

/** Where the process is in the journal: at its end when it is closed. */
function placeInJournal(pid: number): number {
  const handle = readdirSync(`/proc/${pid}/fd`).find((fd) => readlinkOf(`/proc/${pid}/fd/${fd}`).endsWith('/events.jsonl'));
  return handle === undefined ? EVENTS * MIB : Number(/^pos:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${handle}`, 'utf8'))?.[1]);
}

function readlinkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}

test.each([{ words: ['logs', 'abcd'] }, { words: ['show', 'abcd', '-v'] }, { words: ['show', 'abcd', '-o', 'ndjson'] }])(
  'runs $words.0 reads on when what it printed is taken',
  async ({ words }) => {
    const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/bin.js'), 'runs', ...words], {
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let [taken, ahead] = [0, 0];
    for await (const chunk of child.stdout) {
      taken += (chunk as Buffer).length;
      ahead = Math.max(ahead, placeInJournal(child.pid ?? 0) - taken);
    }
    if (child.exitCode === null) await once(child, 'exit');
    expect([child.exitCode, taken > EVENTS * MIB]).toEqual([0, true]);
    expect(ahead).toBeLessThan(5 * MIB);
  },
);
