import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withSweepLeftovers } from '../../../src/remote/tree/sweep-leftovers.ts';

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

test('every program that works in a file or folder beside its target sweeps first', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const programs = ['src', 'modules'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.sh'))
      .map((file) => join(root, folder, file)),
  );
  const texts = programs.map((file) => readFileSync(file, 'utf8')).filter((text) => /swarm-[a-z]+\.\$\$/.test(text));
  expect(texts.length).toBeGreaterThanOrEqual(5);
  for (const text of texts) expect(text).toMatch(/sweep_leftovers \S*swarm-/);
});
