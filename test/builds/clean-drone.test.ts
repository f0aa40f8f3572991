import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRemains } from '../../src/builds/clean-drone.ts';

const script = resolve(import.meta.dirname, '../../src/builds/clean-drone.sh');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-clean-'));
  mkdirSync(join(dir, 'bin'));
  const portageq = 'case $2 in EROOT) echo "$DIR/" ;; *) echo "$DIR/tmp" ;; esac';
  writeFileSync(join(dir, 'bin/portageq'), `#!/bin/sh\n${portageq}\n`, { mode: 0o755 });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A file below the machine's root that was written so many hours ago. */
function put(path: string, hours: number, text = 'x'): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const then = Date.now() / 1000 - hours * 3600;
  utimesSync(file, then, then);
  return file;
}

const clean = (action: 'list' | 'remove', cwd = '/') => {
  const env = { PATH: `${dir}/bin:${process.env['PATH']}`, DIR: dir, HOME: join(dir, 'home') };
  const { status, stdout, stderr } = spawnSync('sh', [script, action, 'c0ffee'], { env, cwd, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return parseRemains(stdout)
    .map(({ path }) => path.slice(dir.length + 1))
    .sort();
};

test('what builds of swarm left is listed and removed; what others left stays', () => {
  put('var/lib/swarm/work-folders', 0, 'app/ours-1.0\napp/gone-1\n../evil\n/etc\napp/..\n');
  put('tmp/portage/app/ours-1.0/work/a', 3);
  const other = put('var/lib/swarm/packages/decaf/desktop/app/a-1.gpkg.tar', 30); // of another project
  const foreign = put('tmp/portage/app/theirs-1.0/work/a', 3);
  put('var/lib/swarm/packages/c0ffee/desktop/app/a-1.gpkg.tar', 30);
  put('var/lib/swarm/packages/c0ffee/desktop/Packages', 30);
  const recent = put('var/lib/swarm/packages/c0ffee/server/app/b-1.gpkg.tar', 0.5);
  put('var/cache/edb/binhost/127.0.0.1/.job-abc', 30);
  put('home/.local/state/swarm/jobs/.gone.12/log', 2);
  put('home/.local/state/swarm/jobs/old/result', 24 * 9);
  const waiting = put('home/.local/state/swarm/jobs/new/result', 24);
  const found = [
    'home/.local/state/swarm/jobs/old',
    'tmp/portage/app/ours-1.0',
    'var/cache/edb/binhost/127.0.0.1/.job-abc',
    'var/lib/swarm/packages/c0ffee/desktop',
  ];
  expect(clean('list')).toEqual(found);
  expect(clean('list')).toEqual(found);
  expect(clean('remove')).toEqual(found);
  expect(found.filter((path) => existsSync(join(dir, path)))).toEqual([]);
  expect([foreign, recent, waiting, other].map((path) => existsSync(path))).toEqual([true, true, true, true]);
  expect(clean('list')).toEqual([]);
});

test('a work folder that a process works in stays, and is named again', () => {
  put('var/lib/swarm/work-folders', 0, 'app/ours-1.0\n');
  put('tmp/portage/app/ours-1.0/work/a', 3);
  expect(clean('remove', join(dir, 'tmp/portage/app/ours-1.0/work'))).toEqual([]);
  expect(existsSync(join(dir, 'tmp/portage/app/ours-1.0/work/a'))).toBe(true);
  expect(clean('remove')).toEqual(['tmp/portage/app/ours-1.0']);
});

test('a work folder whose lock an emerge holds stays, also between two phases', async () => {
  put('var/lib/swarm/work-folders', 0, 'app/ours-1.0\n');
  put('tmp/portage/app/ours-1.0/work/a', 3);
  const lock = put('tmp/portage/app/.ours-1.0.portage_lockfile', 3, '');
  const hold = 'import fcntl, sys; f = open(sys.argv[1], "r+"); fcntl.lockf(f, fcntl.LOCK_EX); print("held", flush=True); sys.stdin.read()';
  const emerge = spawn('python3', ['-c', hold, lock], { cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  await once(emerge.stdout, 'data');
  expect(clean('remove')).toEqual([]);
  emerge.stdin.end();
  await once(emerge, 'close');
  expect(clean('remove')).toEqual(['tmp/portage/app/ours-1.0']);
});

test('a link in place of a folder is not followed', () => {
  const kept = put('elsewhere/a', 30);
  mkdirSync(join(dir, 'var/lib/swarm/packages/c0ffee'), { recursive: true });
  symlinkSync(join(dir, 'elsewhere'), join(dir, 'var/lib/swarm/packages/c0ffee/desktop'));
  clean('remove');
  expect(existsSync(kept)).toBe(true);
});

test('a machine without Portage has nothing to clean', () => {
  rmSync(join(dir, 'bin/portageq'));
  expect(clean('list').filter((path) => path.startsWith('tmp'))).toEqual([]);
});
