import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import {
  describeRefusal,
  fileRefusalError,
  folderOf,
  withMissingProgram,
  withRightsHint,
} from '../../../src/remote/session/file-refusal.ts';
import { buildReadScript, buildWriteScript } from '../../../src/remote/session/file-scripts.ts';
import { posixShells } from './posix-shells.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-refusal-'));
});
afterEach(() => {
  spawnSync('chmod', ['-R', 'u+rwx', dir]);
  rmSync(dir, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;
/** A user without rights: for root it is another one. */
const asUser = isRoot ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] : [];

describe.each(posixShells.map((words) => ({ shell: words.join(' '), words })))('$shell', ({ words }) => {
  const refusal = (access: 'read' | 'written', path: string, prefix: readonly string[] = []): SwarmError => {
    const script = access === 'read' ? buildReadScript(path) : buildWriteScript(path, Buffer.from('x'), {});
    const [program = '', ...args] = [...prefix, ...words, '-c', script];
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'de_DE.UTF-8' } });
    return fileRefusalError(access, path, { exit: status ?? undefined, why: stderr.trim() }, false);
  };

  test('what is not a file, and what has no folder, is named', () => {
    writeFileSync(join(dir, 'file'), '');
    symlinkSync('circle', join(dir, 'circle'));
    expect(refusal('read', dir).message).toBe(`${dir} is a folder`);
    expect(refusal('read', join(dir, 'circle')).message).toMatch(/ cannot be read: it is a link that leads in a circle$/);
    expect(refusal('written', dir).message).toBe(`${dir} is a folder`);
    spawnSync('mkfifo', [join(dir, 'pipe')]);
    expect(refusal('read', join(dir, 'pipe')).message).toBe(`${join(dir, 'pipe')} is a device, a pipe or a socket, not a file`);
    expect(refusal('written', '/dev/null').message).toBe('/dev/null is a device, a pipe or a socket, not a file');
    expect(refusal('written', join(dir, 'no/such')).message).toBe(`the folder ${dir}/no does not exist`);
    expect(refusal('written', join(dir, 'file/x')).message).toBe(`${dir}/file is not a folder`);
    expect(refusal('written', join(dir, 'file/x/y')).message).toMatch(/ cannot be written: a part of the path is a file$/);
    expect(readdirSync(dir).sort()).toEqual(['circle', 'file', 'pipe']);
  });

  test('without the rights, the message says so and names no temporary file', () => {
    mkdirSync(join(dir, 'closed/inner'), { recursive: true });
    writeFileSync(join(dir, 'closed/file'), '');
    chmodSync(join(dir, 'closed'), 0o700);
    chmodSync(dir, 0o755);
    if (!isRoot) chmodSync(join(dir, 'closed'), 0);
    for (const [access, path] of [
      ['read', 'closed/file'],
      ['written', 'closed/file'],
      ['written', 'closed/inner/file'],
      ...(isRoot ? [['written', 'new'] as const] : []),
    ] as const) {
      const error = refusal(access, join(dir, path), asUser);
      expect([error.message, error.hint]).toEqual([
        `${join(dir, path)} cannot be ${access}: permission denied`,
        expect.stringMatching(/become: true/),
      ]);
    }
  });
});

test.each([
  ["mv: cannot move '/etc/.swarm-1' to '/etc/hosts': Device or resource busy", 'mounted', 'findmnt /etc/hosts'],
  ["mv: cannot move '/etc/.swarm-1' to '/etc/hosts': Operation not permitted", 'not permitted', 'lsattr -d /etc/hosts'],
  ["mv: can't rename '/etc/.swarm-1': Read-only file system", 'read-only', 'findmnt -T /etc'],
  ['sh: 1: cannot create /etc/.swarm-1: Read-only file system', 'read-only', 'findmnt -T /etc'],
  ['bash: line 1: /etc/.swarm-1: Permission denied', 'permission denied', 'namei -l /etc/hosts'],
  ["sh: can't create /etc/.swarm-1: No space left on device", 'no space is left', 'df -h /etc'],
  ["cp: error writing '/etc/.swarm-1': Disk quota exceeded", 'quota', 'quota'],
  ["chown: invalid user: 'bob'", 'the host has no user bob', 'Add the user'],
  ['chown: unknown user bob', 'the host has no user bob', 'Add the user'],
])('%s: words of swarm, and a hint with the command to type', (why, reason, command) => {
  const refusal = describeRefusal(why, '/etc/hosts');
  expect([refusal.reason, refusal.hint]).toEqual([expect.stringContaining(reason), expect.stringContaining(command)]);
});

test('a path with a space is one word of the command to type', () => {
  const commands = ['Permission denied', 'Read-only file system', 'Device or resource busy', 'Operation not permitted'].map(
    (why) => describeRefusal(why, '/srv/my files/a').hint?.split(': ')[1],
  );
  expect(commands).toEqual([
    "namei -l '/srv/my files/a'",
    "findmnt -T '/srv/my files'",
    "findmnt '/srv/my files/a'",
    "lsattr -d '/srv/my files/a'",
  ]);
});

test('a reason that swarm does not know is shown with the path, not with a temporary name', () => {
  expect(describeRefusal('mv: /etc/.swarm-12ab: Input/output error', '/etc/hosts')).toEqual({
    reason: 'mv: /etc/hosts: Input/output error',
  });
});

test('the folder of a path', () => {
  expect(['/etc/hosts', '/hosts', 'hosts', '/etc//hosts', '/etc/motd/'].map(folderOf)).toEqual(['/etc', '/', '.', '/etc', '/etc/motd']);
});

test.each([
  ["/srv/x: mkdir: cannot create directory '/srv/x': Permission denied", undefined],
  ["/etc/hosts: chmod: changing permissions of '/etc/hosts': Operation not permitted", undefined],
  ['packages hello: E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)', undefined],
  ['Error: This command has to be run with superuser privileges; you need to be root', undefined],
  ['/srv/tree cannot be written: permission denied', 'To see the rights, run on the host: namei -l /srv/tree'],
])('an ordinary login is told to become root: %s', (message, hint) => {
  expect(withRightsHint(new SwarmError('SW6012', message, { hint })).hint).toMatch(/become: true/);
});

test.each([
  ['git@example.org: Permission denied (publickey).', undefined],
  ['/etc/hosts cannot be read: it is a folder', 'Write the path of a file.'],
  ['the login may not use the socket: Permission denied', 'Add the login to the group docker.'],
])('another hint stays: %s', (message, hint) => {
  expect(withRightsHint(new SwarmError('SW6012', message, { hint })).hint).toBe(hint);
});

test('root is not told to become root', () => {
  const why = "chmod: changing permissions of '/etc/hosts': Operation not permitted";
  expect(fileRefusalError('written', '/etc/hosts', { exit: 1, why }, true).hint).toMatch(/lsattr/);
});

test.each([
  [127, 'SW6011', 'echo "sh: x": the host has no foo'],
  [1, 'SW6001', 'echo "sh: x" ended with exit status 1'],
])('a command that ends with %i after a program was not found', (status, code, message) => {
  const failure = new SwarmError('SW6001', `echo "sh: x" ended with exit status ${status}`, { detail: 'sh: 1: foo: not found' });
  expect(withMissingProgram(failure)).toMatchObject({ code, message });
});

test.each(posixShells.map((words) => [words] as const))(
  '%s: a program that is given by its path is missing, or its interpreter is',
  ([program = '', ...args]) => {
    const script = join(dir, 'script');
    writeFileSync(script, '#!/nowhere/interpreter\n', { mode: 0o755 });
    for (const text of ['/nowhere/prog x', 'exec /nowhere/prog', 'env /nowhere/prog', `${script} x`]) {
      const { status, stderr } = spawnSync(program, [...args, '-c', text], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
      const failed = new SwarmError('SW6001', `it ended with exit status ${status}`, { detail: stderr });
      expect(withMissingProgram(failed), `${text}: ${stderr}`).toMatchObject({
        code: 'SW6011',
        message: expect.stringMatching(/^it: the host cannot start \/.*(prog|script)$/),
      });
    }
    const refused = new SwarmError('SW6001', 'it ended with exit status 1', { detail: 'sh: 1: cannot open /nowhere/file: No such file' });
    expect(withMissingProgram(refused)).toBe(refused);
  },
);
