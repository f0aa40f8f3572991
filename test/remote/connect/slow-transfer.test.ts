import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DEFAULT_STAGE_TIMEOUTS } from '../../../src/core/inventory/stage-timeouts.ts';
import { readHostFile, writeHostFile } from '../../../src/remote/connect/host-operations.ts';
import { openPipe } from '../../../src/remote/connect/open-pipe.ts';
import type { UserAccess } from '../../../src/remote/connect/user-access.ts';
import { createSessionPool } from '../../../src/remote/session/session-pool.ts';
import { openShellSession } from '../../../src/remote/session/start/shell-startup.ts';
import { createProcessTransport } from '../../../src/remote/transport/process-transport.ts';

let dir: string;
let access: UserAccess;
const path = process.env['PATH'];
const signal = new AbortController().signal;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-slow-'));
  const shell = { transport: createProcessTransport(), timeouts: DEFAULT_STAGE_TIMEOUTS };
  const pool = createSessionPool(() => openShellSession(shell, undefined));
  access = { ...shell, pool, become: undefined, asRoot: true, transferLimit: { leastRate: 1_000_000, windowMs: 240 } };
});
afterEach(async () => {
  process.env['PATH'] = path;
  access.pool.close();
  await access.transport.close();
  rmSync(dir, { recursive: true });
});

/** `cat` of the host does this. */
function replaceCat(script: string): void {
  writeFileSync(join(dir, 'cat'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'cat'), 0o755);
  process.env['PATH'] = `${dir}:${path}`;
}

test('a file that hardly comes is given up, and its process ends', async () => {
  const script = `echo $$ >${dir}/pid; printf x; exec sleep 60`;
  const { stdin, stdout, done } = await openPipe(access, script, signal, 'from host');
  stdin.end();
  await expect(text(stdout)).rejects.toMatchObject({ code: 'SW6051' });
  await expect(done).rejects.toMatchObject({ code: 'SW6051' });
  const pipe = await openPipe(access, `while kill -0 $(cat ${dir}/pid) 2>/dev/null; do sleep 0.02; done; echo ended`, signal);
  pipe.stdin.end();
  expect(await text(pipe.stdout)).toBe('ended\n');
});

test('so is one that swarm reads as a whole', async () => {
  writeFileSync(join(dir, 'file'), 'x');
  replaceCat('printf x; exec sleep 60');
  await expect(readHostFile(access, join(dir, 'file'), signal)).rejects.toMatchObject({ code: 'SW6051' });
});

test('a host that hardly takes a file is given up, and the file is not there', async () => {
  replaceCat('exec sleep 60');
  const written = writeHostFile(access, join(dir, 'file'), Buffer.alloc(2_000_000), { mode: '0644' }, signal);
  await expect(written).rejects.toMatchObject({ code: 'SW6051' });
  expect(readdirSync(dir)).not.toContain('file');
});

test('a program that is not a transfer may be as silent as it likes', async () => {
  const pipe = await openPipe(access, 'sleep 0.6; echo done', signal);
  pipe.stdin.end();
  expect(await text(pipe.stdout)).toBe('done\n');
});
