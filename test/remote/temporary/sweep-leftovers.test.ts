import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildWriteScript } from '../../../src/remote/session/file-scripts.ts';
import { withSweepLeftovers } from '../../../src/remote/temporary/sweep-leftovers.ts';
import { withTemporaryFiles } from '../../../src/remote/temporary/temporary-files.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-left-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** No process has it: it is above what Linux gives out. */
const GONE = 2 ** 22 + 1;

test('what a killed program left goes, with what is in it; what is at work, and every other file, stays', () => {
  const alive = process.pid;
  for (const name of [`.swarm-load.${GONE}`, `.swarm-load.${alive}`, '.swarm-load.old', `.swarm-loads.${GONE}`, `x.swarm-load.${GONE}`])
    writeFileSync(join(dir, name), '');
  mkdirSync(join(dir, `.swarm-load.${GONE}.Xa1/deep`), { recursive: true });
  mkdirSync(join(dir, 'kept'));
  writeFileSync(join(dir, 'kept/file'), '');
  symlinkSync(join(dir, 'kept'), join(dir, `.swarm-load.${GONE}.link`));
  const { status, stderr } = spawnSync('sh', ['-euc', withSweepLeftovers('sweep_leftovers "$1/.swarm-load"'), 'sh', dir], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(readdirSync(dir).sort()).toEqual(
    [`.swarm-load.${alive}`, '.swarm-load.old', `.swarm-loads.${GONE}`, 'kept', `x.swarm-load.${GONE}`].sort(),
  );
  expect(readdirSync(join(dir, 'kept'))).toEqual(['file']);
});

test('a temporary file is named after the process that needs it, and makes way for the next one where that was killed', () => {
  for (const name of [`swarm-tmp.${GONE}.a`, `swarm-tmp.${process.pid}.b`, 'tmp.old']) writeFileSync(join(dir, name), '');
  const { stdout } = spawnSync('sh', ['-euc', withTemporaryFiles('new_temporary $$; new_temporary 1 -d; echo $$')], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: dir },
  });
  const [file = '', folder = '', pid] = stdout.trim().split('\n');
  expect(file.startsWith(join(dir, `swarm-tmp.${pid}.`))).toBe(true);
  expect([statSync(file).isFile(), statSync(folder).isDirectory()]).toEqual([true, true]);
  const names = readdirSync(dir).filter((name) => !file.endsWith(name) && !folder.endsWith(name));
  expect(names.sort()).toEqual([`swarm-tmp.${process.pid}.b`, 'tmp.old']);
});

test('a file that was half written when its writer was killed goes with the next write there', () => {
  for (const name of [`.swarm-write.${GONE}.aa`, `.swarm-write.${process.pid}.bb`, '.swarm-write.x']) writeFileSync(join(dir, name), '');
  const script = buildWriteScript(join(dir, 'file'), new TextEncoder().encode('text'), { mode: '0644' });
  expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(dir).sort()).toEqual([`.swarm-write.${process.pid}.bb`, '.swarm-write.x', 'file']);
});

test('every temporary file is one that is swept', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const lines = ['src', 'modules'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(sh|ts)$/.test(file) && !file.startsWith('lab/'))
      .flatMap((file) => readFileSync(join(root, folder, file), 'utf8').split('\n')),
  );
  const calls = lines.filter((line) => /\$\(mktemp|^ *mktemp /.test(line));
  expect(calls.length).toBeGreaterThanOrEqual(4);
  for (const call of calls) expect(call).toMatch(/swarm-(tmp|unpack)\.\$|\.job-|swarm-update\./);
});

test('every program that works in a file or folder beside its target sweeps first', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const programs = ['src', 'modules'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.sh'))
      .map((file) => join(root, folder, file)),
  );
  const texts = programs.map((file) => readFileSync(file, 'utf8')).filter((text) => /\.swarm-[a-z]+\.\$\$/.test(text));
  expect(texts.length).toBeGreaterThanOrEqual(5);
  for (const text of texts) expect(text).toMatch(/sweep_leftovers \S*swarm-/);
});
