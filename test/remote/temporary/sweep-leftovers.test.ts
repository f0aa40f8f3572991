import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildWriteScript } from '../../../src/remote/session/file-scripts.ts';
import { withSweepLeftovers } from '../../../src/remote/temporary/sweep-leftovers.ts';
import { withTemporaryFiles, withWholeInput } from '../../../src/remote/temporary/temporary-files.ts';
import { isRoot } from '../../machines/sshd.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-left-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** No process has it: it is above what Linux gives out. */
const GONE = 2 ** 22 + 1;
const HERE = `@${hostname()}@`;

test('what a killed program left goes, with what is in it; what is at work, and every other file, stays', () => {
  const alive = process.pid;
  const kept = [
    `.swarm-load.${alive}${HERE}`,
    `.swarm-load.${GONE}@other@`,
    `.swarm-load.${GONE}@x.${HERE.slice(1)}`,
    '.swarm-load.old',
    `.swarm-loads.${GONE}${HERE}`,
    `x.swarm-load.${GONE}${HERE}`,
  ];
  for (const name of [...kept, `.swarm-load.${GONE}${HERE}`]) writeFileSync(join(dir, name), '');
  mkdirSync(join(dir, `.swarm-load.${GONE}${HERE}Xa1/deep`), { recursive: true });
  mkdirSync(join(dir, 'kept'));
  writeFileSync(join(dir, 'kept/file'), '');
  symlinkSync(join(dir, 'kept'), join(dir, `.swarm-load.${GONE}${HERE}link`));
  const { status, stderr } = spawnSync('sh', ['-euc', withSweepLeftovers('sweep_leftovers "$1/.swarm-load"'), 'sh', dir], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(readdirSync(dir).sort()).toEqual(['kept', ...kept].sort());
  expect(readdirSync(join(dir, 'kept'))).toEqual(['file']);
});

test('a temporary file is named after the process that needs it, and makes way for the next one where that was killed', () => {
  for (const name of [`swarm-tmp.${GONE}${HERE}a`, `swarm-tmp.${process.pid}${HERE}b`, 'tmp.old']) writeFileSync(join(dir, name), '');
  const { stdout } = spawnSync('sh', ['-euc', withTemporaryFiles('new_temporary $$; new_temporary 1 -d; echo $$')], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: dir },
  });
  const [file = '', folder = '', pid] = stdout.trim().split('\n');
  expect(file.startsWith(join(dir, `swarm-tmp.${pid}${HERE}`))).toBe(true);
  expect([statSync(file).isFile(), statSync(folder).isDirectory()]).toEqual([true, true]);
  const names = readdirSync(dir).filter((name) => !file.endsWith(name) && !folder.endsWith(name));
  expect(names.sort()).toEqual([`swarm-tmp.${process.pid}${HERE}b`, 'tmp.old']);
});

test('a file that was half written when its writer was killed goes with the next write there', () => {
  const kept = [
    `.swarm-write.${process.pid}${HERE}bb`,
    `.swarm-write.${GONE}@other@cc`,
    `.swarm-write.${GONE}@x.${HERE.slice(1)}dd`,
    '.swarm-write.x',
  ];
  for (const name of [...kept, `.swarm-write.${GONE}${HERE}aa`]) writeFileSync(join(dir, name), '');
  const script = buildWriteScript(join(dir, 'file'), new TextEncoder().encode('text'), { mode: '0644' });
  expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(dir).sort()).toEqual(['file', ...kept].sort());
});

test('what the writer had given to another user goes too, where root looks', () => {
  const given = [`.swarm-write.${GONE}${HERE}aa`, `.swarm-load.${GONE}${HERE}`];
  for (const name of given) {
    writeFileSync(join(dir, name), '');
    if (isRoot) chownSync(join(dir, name), 4321, 4321);
  }
  const script = `${buildWriteScript(join(dir, 'file'), new Uint8Array(), { mode: '0644' })};sweep_leftovers "$1/.swarm-load"`;
  expect(spawnSync('sh', ['-c', withSweepLeftovers(script), 'sh', dir], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(dir)).toEqual(['file']);
});

const PRINT_MODE = 'file=$(new_temporary $$) && echo "$file" && echo text >"$file" && stat -c %a "$file" && rm "$file"';

test.each(['/nowhere', 'relative', '-x', '/proc', ''])('with TMPDIR=%s a temporary file is where one can be', (TMPDIR) => {
  const { status, stdout, stderr } = spawnSync('sh', ['-euc', withTemporaryFiles(PRINT_MODE)], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR },
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\/tmp\/swarm-tmp\.\d+@.*\n600\n$/);
});

test('with any umask a temporary file can be written, and only by its user', () => {
  const { stdout } = spawnSync('sh', ['-euc', withTemporaryFiles(`umask 0777; ${PRINT_MODE}`)], { encoding: 'utf8' });
  expect(stdout).toMatch(/\n600\n$/);
});

test('where /proc does not show the processes of this shell, nothing is taken for left', () => {
  const name = `.swarm-load.${GONE}${HERE}`;
  writeFileSync(join(dir, name), '');
  const run = withSweepLeftovers('sweep_leftovers "$1/.swarm-load"').replaceAll('"/proc/$$"', '"/proc/$$.none"');
  expect(run).toContain('.none');
  expect(spawnSync('sh', ['-euc', run, 'sh', dir]).status).toBe(0);
  expect(readdirSync(dir)).toEqual([name]);
});

test('a program gets its whole input and the environment that it had', () => {
  const env = { ...process.env, TMPDIR: dir, f: '1', s: '2' };
  const run = (size: number) =>
    spawnSync('sh', ['-c', withWholeInput(size, 'echo "$f$s"; cat; env | grep -c swarm_')], { encoding: 'utf8', env, input: 'text\n' });
  expect(run(5).stdout).toBe('12\ntext\n0\n');
  expect(run(6)).toMatchObject({ stdout: '', stderr: 'the input ended too early\n', status: 1 });
  expect(readdirSync(dir)).toEqual([]);
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
  for (const call of calls) expect(call).toMatch(/\$n\b|\$machine@|own_leftover|\.job-|swarm-update\./);
});

test('every program that works in a file or folder beside its target sweeps first', () => {
  const root = resolve(import.meta.dirname, '../../..');
  const programs = ['src', 'modules'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.sh'))
      .map((file) => join(root, folder, file)),
  );
  const texts = programs
    .filter((file) => !file.endsWith('/sweep-leftovers.sh'))
    .map((file) => readFileSync(file, 'utf8'))
    .filter((text) => /own_leftover\b/.test(text));
  expect(texts.length).toBeGreaterThanOrEqual(5);
  for (const text of texts) expect(text).toMatch(/sweep_leftovers \S*swarm-/);
});

const hasMounts = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!hasMounts).each([['sh'], ['bash'], ['busybox', 'sh']])(
  'input that has no room in TMPDIR is kept elsewhere (%s %s)',
  (...shell) => {
    const command = [...shell, '-euc', withWholeInput(200_000, 'wc -c')];
    const script = 'mount -t tmpfs -o size=64k none "$TMPDIR" && "$@"';
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...command], {
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: dir },
      input: 'x'.repeat(200_000),
    });
    expect([stdout.trim(), stderr]).toEqual(['200000', '']);
  },
);
