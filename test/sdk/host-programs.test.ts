import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withExactMode } from '../../src/sdk/files/attributes/exact-mode.ts';

const root = resolve(import.meta.dirname, '../..');
const filesOf = (...folders: readonly string[]) =>
  folders.flatMap((folder) => readdirSync(join(root, folder), { encoding: 'utf8', recursive: true }).map((file) => `${folder}/${file}`));
/** The programs of these folders; other folders test their own. */
const programs = filesOf('src/sdk', 'src/builds', 'modules');

const shells = [['dash'], ['bash'], ['busybox', 'sh'], ['mksh']].filter(([program = '']) =>
  (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program))),
);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-program-'));
  mkdirSync(join(dir, 'bin'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program on PATH that a program of swarm starts. */
const putStandIn = (name: string, text: string) => writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

test.each(programs.filter((file) => file.endsWith('.py')))('%s is Python', (file) => {
  const check = 'import sys; compile(sys.stdin.read(), "program", "exec")';
  expect(spawnSync('python3', ['-c', check], { input: readFileSync(join(root, file)) }).status).toBe(0);
});

// mksh, which Gentoo offers as /bin/sh, closes the descriptors above 2 that `exec` opened in each program that it starts. Of one that it
// closes itself it may keep a copy, so a lock is given up by name too.
test.each(filesOf('src', 'modules').filter((file) => file.endsWith('.sh')))('%s hands a descriptor on to flock by name', (file) => {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/^\s*#.*/gm, '');
  const locks = [...text.matchAll(/flock(?: -\w)* (?:(\d)|"\$1")(?=[ ;]|$)(.{0,4})/gm)];
  expect(locks.filter(([, descriptor = '6', next]) => next !== ` ${descriptor}>&`).map(([found]) => found)).toEqual([]);
  if (locks.length > 0) expect(text.match(/^.*exec \d>&-$/gm) ?? []).toEqual(text.match(/^ *flock -u 8 8>&8; exec 8>&-$/gm) ?? []);
});

describe.each(shells.map((words) => ({ shell: words.join(' '), words })))('$shell', ({ words: [shell = '', ...options] }) => {
  const run = (file: string, args: readonly string[], input = '', functions = '') => {
    const env = { PATH: `${join(dir, 'bin')}:${process.env['PATH']}`, STATE: dir, HOME: dir, LC_ALL: 'C', USE: 'ssl', SECRET: 'x' };
    const text = `${functions}${readFileSync(join(root, file), 'utf8')}`;
    const { status, stdout, stderr } = spawnSync(shell, [...options, '-c', text, 'sh', ...args], {
      cwd: dir,
      env,
      input,
      encoding: 'utf8',
    });
    return { status, lines: stdout.trimEnd().split('\n'), stderr };
  };

  test.each(programs.filter((file) => file.endsWith('.sh')))('%s has the syntax of this shell', (file) => {
    expect(() => execFileSync(shell, [...options, '-n', join(root, file)])).not.toThrow();
  });

  test('make-folders prints what was missing, from the inside out', () => {
    mkdirSync(join(dir, 'there'));
    const { status, lines } = run('src/sdk/files/make-folders.sh', [':', join(dir, 'there/a b/c'), join(dir, 'there')]);
    expect([status, lines]).toEqual([0, [join(dir, 'there/a b/c'), join(dir, 'there/a b')]]);
    expect(run('src/sdk/files/make-folders.sh', [':', join(dir, 'there/a b')]).lines).toEqual(['']);
  });

  test('stat-paths: a file with its hash, a folder, a link, nothing; from arguments and from stdin', () => {
    writeFileSync(join(dir, 'a b'), 'one');
    execFileSync('ln', ['-s', 'a b', join(dir, 'link')]);
    const queries = [join(dir, 'a b'), '3', dir, '-', join(dir, 'link'), '-', join(dir, 'none'), 'any'];
    const ends = [/^8\w+:3:\d+:.*:7692c3ad3540bb80/, /^4\w+:.*:-$/, /^a\w+:.*:a b$/, /^absent$/];
    for (const { lines } of [
      run('src/sdk/files/stat-paths.sh', queries),
      run('src/sdk/files/stat-paths.sh', [], `${queries.join('\n')}\n`),
    ])
      expect(lines.map((line, at) => ends[at]?.test(line))).toEqual([true, true, true, true]);
  });

  test('stat-paths: one stat for many paths, and one for each where some are missing', () => {
    putStandIn('stat', 'echo >>calls; exec /usr/bin/stat "$@"');
    const names = Array.from({ length: 110 }, (_, at) => join(dir, `f ${at}`));
    for (const name of names) writeFileSync(name, name);
    const statAll = (all: readonly string[]) => {
      rmSync(join(dir, 'calls'), { force: true });
      const { lines } = run('src/sdk/files/stat-paths.sh', [], all.map((name) => `${name}\n-\n`).join(''));
      return [lines.map((line) => line.split(':')[1]), readFileSync(join(dir, 'calls'), 'utf8').length];
    };
    const sizes = names.map((name) => String(name.length));
    expect(statAll(names)).toEqual([sizes, 2]);
    expect(statAll([...names, join(dir, 'none')])).toEqual([[...sizes, undefined], 1 + 1 + 11]);
  });

  test('set-attributes: sets a mode and leaves the owner', () => {
    writeFileSync(join(dir, 'file'), '', { mode: 0o600 });
    expect(run('src/sdk/files/attributes/set-attributes.sh', [':', '0640', join(dir, 'file')], '', withExactMode('')).status).toBe(0);
    expect(statSync(join(dir, 'file')).mode & 0o777).toBe(0o640);
  });

  test('copy_tree: modes as in the source, also below a folder with the set-group-ID bit', () => {
    mkdirSync(join(dir, 'from/-a b/c'), { recursive: true });
    mkdirSync(join(dir, 'to'));
    for (const [path, mode] of [
      ['from/-a b', 0o750],
      ['from/-a b/c', 0o2755],
      ['to', 0o2775],
    ] as const)
      chmodSync(join(dir, path), mode);
    writeFileSync(join(dir, 'from/-a b/.f'), 'x', { mode: 0o600 });
    const program = `${withExactMode('')}copy_tree "$1" "$2"`;
    expect(spawnSync(shell, [...options, '-c', program, 'sh', join(dir, 'from'), join(dir, 'to')]).status).toBe(0);
    const modeOf = (path: string) => (statSync(join(dir, path)).mode & 0o7777).toString(8);
    expect(['to', 'to/-a b', 'to/-a b/c', 'to/-a b/.f'].map(modeOf)).toEqual(['2775', '750', '2755', '600']);
  });

  test('copy_tree fails where one of several cannot be copied', () => {
    mkdirSync(join(dir, 'from/a'), { recursive: true });
    mkdirSync(join(dir, 'from/b'));
    mkdirSync(join(dir, 'to'));
    writeFileSync(join(dir, 'to/a'), 'a file in the place of a folder');
    const program = `${withExactMode('')}copy_tree "$1" "$2"`;
    expect(spawnSync(shell, [...options, '-c', program, 'sh', join(dir, 'from'), join(dir, 'to')]).status).not.toBe(0);
  });

  test('openrc-state: known, running, enabled', () => {
    putStandIn('rc-service', 'exit 0');
    putStandIn('rc-update', "echo '   sshd | default'");
    expect(run('src/sdk/services/openrc-state.sh', ['sshd', 'default']).lines).toEqual(['known', 'running', 'enabled']);
  });

  test('systemd-state: what systemctl prints', () => {
    putStandIn('systemctl', 'echo LoadState=loaded');
    expect(run('src/sdk/services/systemd-state.sh', ['sshd']).lines).toEqual(['LoadState=loaded']);
  });

  test('service-guard: runs the command, or exits 96 where the file exists', () => {
    expect(run('modules/services/service-guard.sh', [join(dir, 'protected'), 'echo', 'done']).lines).toEqual(['done']);
    writeFileSync(join(dir, 'protected'), '');
    expect(run('modules/services/service-guard.sh', [join(dir, 'protected'), 'echo', 'done'])).toMatchObject({ status: 96, lines: [''] });
  });

  test('reboot-read: this boot; reboot-now refuses another one, and another machine', () => {
    const { lines } = run('modules/flow/reboot-read.sh', []);
    expect(lines[1]).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(lines[2]).toMatch(/^\d+$/);
    for (const name of ['systemctl', 'reboot', 'shutdown']) putStandIn(name, 'exit 1');
    expect(run('modules/flow/reboot-now.sh', [lines[0] ?? '', 'another', '1']).status).toBe(97);
    expect(run('modules/flow/reboot-now.sh', ['another-machine', lines[1] ?? '', lines[2] ?? '']).status).toBe(98);
  });

  test('clean-environment: the named settings and nothing else of the login', () => {
    const { lines } = run('src/builds/clean-environment.sh', ['USE CFLAGS', 'env; echo "word=$1"', 'a b']);
    expect(lines).toEqual(expect.arrayContaining(['USE=ssl', 'NO_COLOR=1', 'word=a b']));
    expect(lines.join('\n')).not.toContain('SECRET');
  });

  test('find-built-package: the newest entry since the start, with size and hash', () => {
    mkdirSync(join(dir, 'a'));
    writeFileSync(join(dir, 'a/b-1-2.gpkg.tar'), 'one');
    writeFileSync(
      join(dir, 'Packages'),
      'PACKAGES: 2\n\nCPV: a/b-1\nBUILD_ID: 1\nBUILD_TIME: 50\nPATH: a/b-1-1.gpkg.tar\n\nCPV: a/b-1\nBUILD_ID: 2\nBUILD_TIME: 200\nPATH: a/b-1-2.gpkg.tar\n\n',
    );
    const { lines } = run('src/builds/find-built-package.sh', ['', 'a/b', '100', dir]);
    expect(lines).toEqual(['a/b-1 2 200 a/b-1-2.gpkg.tar', dir, '3', expect.stringMatching(/^7692c3ad3540bb80/)]);
  });

  test('find-built-package: what has no end is not read in the place of the package', () => {
    symlinkSync('/dev/zero', join(dir, 'b.gpkg.tar'));
    putStandIn('sync', 'exit 0');
    putStandIn('sha256sum', 'echo 00');
    writeFileSync(join(dir, 'Packages'), 'PACKAGES: 1\n\nCPV: a/b-1\nBUILD_ID: 2\nBUILD_TIME: 200\nPATH: b.gpkg.tar\n\n');
    const { status, stderr } = run('src/builds/find-built-package.sh', ['', 'a/b', '100', dir]);
    expect([status, stderr]).toEqual([1, `${dir}/b.gpkg.tar is not a regular file\n`]);
  });

  test('build-package: dependencies from the binhost, then the package from source', () => {
    putStandIn('python3', `${PLACES}; exit 0`);
    putStandIn('emerge', 'echo "$PORTAGE_BINHOST $*"');
    const { status, lines } = run('src/builds/build-package.sh', [...job, '-', '-', 'sweep', 'x86_64-pc-linux-gnu', '--verbose']);
    expect(status).toBe(0);
    expect(lines[0]).toMatch(
      /^>>> swarm: started \d+, binhost http:\/\/127\.0\.0\.1:1, packages .*\/var\/lib\/swarm\/packages\/key\/desktop$/,
    );
    expect(lines[1]).toMatch(/ --getbinpkg --usepkg-exclude a\/b --onlydeps --onlydeps-with-rdeps=n --verbose =a\/b-1$/);
    expect(lines[2]).toMatch(/^>>> swarm: compiles with /);
    expect(lines[3]).toMatch(/ --getbinpkg --usepkg-exclude a\/b --buildpkgonly --verbose =a\/b-1$/);
  });

  test('build-package: with a plan, what differs is merged as planned, and emerge decides nothing', () => {
    // the second comparison finds nothing left to do
    putStandIn(
      'python3',
      `${PLACES}; [ "$2" = COMPARE ] && [ ! -e "$STATE/done" ] && { : >"$STATE/done"; printf "remove =a/x-1\\nbinary =a/y-1\\nsource =a/z-1\\n"; }; exit 0`,
    );
    putStandIn('emerge', 'echo "$*"');
    const { status, lines } = run('src/builds/build-package.sh', [...job, '[]', 'COMPARE', 'sweep', '-']);
    expect([status, ...lines.slice(1)]).toEqual([
      0,
      expect.stringMatching(/ --unmerge =a\/x-1$/),
      expect.stringMatching(/ --nodeps --usepkgonly --getbinpkg =a\/y-1$/),
      expect.stringMatching(/ --nodeps =a\/z-1$/),
      expect.stringMatching(/^>>> swarm: compiles with /),
      expect.stringMatching(/ --buildpkgonly --nodeps =a\/b-1$/),
    ]);
  });

  test('build-package: what cannot become as planned ends the build with 76', () => {
    putStandIn(
      'python3',
      `${PLACES}; [ "$2" = COMPARE ] && { echo ">>> swarm: the binhost has no binary of a/y-1" >&2; exit 76; }; exit 0`,
    );
    putStandIn('emerge', 'exit 1');
    expect(run('src/builds/build-package.sh', [...job, '[]', 'COMPARE', 'sweep', '-']).status).toBe(76);
  });
});

/** ATOM SOURCE BINHOST TARGET CONFIG of build-package; then DEPENDENCIES COMPARE FAILED CHOST. */
const job = ['=a/b-1', 'a/b', 'http://127.0.0.1:1', 'key/desktop', 'PLACES'];
const PLACES = '[ "$2" = PLACES ] && { echo "$STATE"; exit; }';
