import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../setup/project-folder.ts';

const root = resolve(import.meta.dirname, '../..');

/** The environment of a host whose clock is a year later each time that somebody looks. */
function makeJumpingClock(dir: string): NodeJS.ProcessEnv {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'date'), `#!/bin/sh\necho x >>'${dir}/looks'\necho $((1700000000 + $(wc -l <'${dir}/looks') * 31536000))\n`);
  chmodSync(join(bin, 'date'), 0o755);
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
  const [first, second] = [1, 2].map(() => Number(execFileSync('date', ['+%s'], { env, encoding: 'utf8' })));
  expect(Number(second) - Number(first)).toBe(31_536_000);
  return env;
}

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'ash']];

test.each(SHELLS)('wait_for waits on when the clock of the host jumps (%s)', (shell, ...options) => {
  const dir = makeFolder({});
  const env = makeJumpingClock(dir);
  const file = join(dir, 'there');
  // the file comes at the first pause
  writeFileSync(join(dir, 'bin/sleep'), `#!/bin/sh\n: >'${file}'\n`, { mode: 0o755 });
  const args = ['path', 'present', '30', '1', file, '', '1', ''];
  const program = join(root, 'modules/flow/wait_for-test.sh');
  const { status, stdout } = spawnSync(shell, [...options, program, ...args], { env, encoding: 'utf8' });
  expect([status, Number(stdout) < 30]).toEqual([0, true]);
});

test.each(SHELLS)('facts of files are read when the clock of the host jumps (%s)', (shell, ...options) => {
  const dir = makeFolder({});
  const env = makeJumpingClock(dir);
  const facts = join(dir, 'facts.d');
  mkdirSync(facts);
  writeFileSync(join(facts, 'own.fact'), '#!/bin/sh\necho 1\n', { mode: 0o755 });
  const { stdout } = spawnSync(shell, [...options, join(root, 'src/remote/facts/local-facts.sh'), facts, '5'], { env, encoding: 'utf8' });
  expect(stdout).toBe(`own\t${Buffer.from('1\n').toString('base64')}\tran 0\n`);
});

const PROGRAMS = ['src', 'modules'].flatMap((folder) =>
  readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .filter((file) => /\.(sh|py|ts)$/.test(file))
    .map((file) => join(folder, file)),
);

/** The lines of a program by which it measures how long something takes with a clock that somebody may set. */
function measuringLines(file: string, text: string): readonly string[] {
  const lines = text.replaceAll(/^\s*#.*/gm, '').split('\n');
  if (file.endsWith('.py')) return lines.filter((line) => /= *time\.time\(\)|time\.time\(\) *(\+|- *[a-z])/.test(line));
  if (file.endsWith('.ts')) return lines.filter((line) => line.includes('date +%s'));
  const kept = [...text.matchAll(/\b(\w+)=\$\((?:date \+%s)\)/g)].map(([, name]) => name);
  const ofFiles = text.includes('stat -c %Y'); // how old a file is, only the clock tells
  return lines.filter(
    (line) =>
      (!ofFiles && /\$\(\([^)]*\$\(date \+%s\)/.test(line)) ||
      /EPOCHSECONDS|%\(%s\)T/.test(line) ||
      (line.includes('date +%s; fi') && !line.includes('/proc/uptime')) ||
      kept.some((name) => new RegExp(`\\$\\(\\([^)]*\\b${name}\\b`).test(line)),
  );
}

test('no program for a host measures a limit by a clock that somebody may set', () => {
  expect(PROGRAMS.length).toBeGreaterThan(100);
  expect(
    PROGRAMS.flatMap((file) => measuringLines(file, readFileSync(join(root, file), 'utf8')).map((line) => `${file}: ${line}`)),
  ).toEqual([]);
});

test.each([
  ['a.sh', 'end=$(($(date +%s) + 30))'],
  ['a.sh', 'start=$(date +%s)\nwork\n[ $((now - start)) -lt 3 ]'],
  ['a.sh', 'up() { date +%s; fi; }'],
  ['a.py', 'started = time.time()'],
])('that a program measures by the clock is seen: %s, %s', (file, text) => expect(measuringLines(file, text)).toHaveLength(1));

test('a sync of the future, from before the clock was set back, has no age', () => {
  const dir = makeFolder({ 'metadata/timestamp': 'x', 'metadata/timestamp.chk': 'now' });
  writeFileSync(join(dir, 'portageq'), `#!/bin/sh\necho '${dir}'\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${dir}:${process.env['PATH']}` };
  const age = (hours: number) => {
    const time = new Date(Date.now() + hours * 3_600_000);
    utimesSync(join(dir, 'metadata/timestamp'), time, time);
    return spawnSync('sh', [join(root, 'modules/gentoo/portage_sync-revision.sh'), 'gentoo'], { env, encoding: 'utf8' })
      .stdout.trim()
      .split(' ')[1];
  };
  expect([age(24), Math.round(Number(age(-2)) / 3600)]).toEqual(['-', 2]);
});
