import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { Become } from '../../../src/core/inventory/login.ts';
import { Secret } from '../../../src/core/secret.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { ACCOUNT_PASSWORD, isRoot, type Sshd, type SshdOptions, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const account = { name: 'ordinary', uid: 4242 };
const start = (files: Readonly<Record<string, string>> = {}, config: SshdOptions['config'] = []): Promise<Sshd> =>
  startSshd({ account, files, config });

const open = (sshd: Sshd, password?: string, change: Partial<Host> = {}): Promise<Connection> => {
  const host = trustedHost(sshd, 'one', change);
  const secret = password === undefined ? undefined : async () => new Secret('become password', password);
  return connect(host, connectOptions([host], { becomePassword: () => secret }), neverAborted);
};
const who = async (link: Connection, become: Become): Promise<string> =>
  (await link.withBecome(become).exec({ argv: ['id', '-un'] }, neverAborted)).stdout.trim();

const SUDOERS = 'Defaults !use_pty\nordinary ALL=(ALL) ALL\n';

// Works as doas does: it asks on the terminal, and has no way to take a password from stdin
const DOAS = `#!/bin/bash
quiet=no
while [ $# -gt 0 ]; do case $1 in -n) quiet=yes; shift;; -u) user=$2; shift 2;; --) shift; break;; *) break;; esac; done
[ $quiet = no ] || { echo "doas: Authorization required" >&2; exit 1; }
exec 5<>/dev/tty || { echo "doas: a tty is required" >&2; exit 1; }
stty -echo <&5; printf "doas (ordinary@host) Passwort: " >&5; IFS= read -r word <&5; stty echo <&5; echo >&5
exec 5>&-
printf "%s\\n" "$word" | sudo -S -p "" true 2>/dev/null || { echo "doas: Authentication failed" >&2; exit 1; }
exec sudo -n -u "$user" -- "$@"
`;

describe.skipIf(!isRoot || sshdProgram === undefined || !existsSync('/usr/bin/sudo'))('rights of another user', () => {
  test('su that asks for a password nobody gave fails at once, and names the other methods', async () => {
    await using sshd = await start({ '/etc/sudoers': SUDOERS });
    await using link = await open(sshd);
    const began = performance.now();
    await expect(who(link, { method: 'su', user: 'root' })).rejects.toMatchObject({
      code: 'SW2009',
      message: 'su to root asks for a password, and swarm has none: Password:',
      hint: expect.stringMatching(/-K.*become_password.*The host also has sudo/),
    });
    expect(performance.now() - began).toBeLessThan(8000);
    expect((await link.exec({ argv: ['id', '-un'] }, neverAborted)).stdout).toBe('ordinary\n');
  });

  test('sudo that asks for a password nobody gave names -K and become_password', async () => {
    await using sshd = await start({ '/etc/sudoers': SUDOERS });
    await using link = await open(sshd);
    await expect(who(link, { method: 'sudo', user: 'root' })).rejects.toMatchObject({
      code: 'SW2009',
      message: expect.stringContaining('sudo to root asks for a password'),
      hint: expect.stringMatching(/-K.*become_password.*NOPASSWD.*The host also has su/),
    });
  });

  test('a user that the host does not have is not a reason for another method', async () => {
    await using sshd = await start({ '/etc/sudoers': SUDOERS });
    await using link = await open(sshd, ACCOUNT_PASSWORD);
    await expect(who(link, { method: 'sudo', user: 'nobody-has-it' })).rejects.toMatchObject({
      code: 'SW2009',
      hint: expect.not.stringContaining('The host also has'),
    });
  });

  test('the password opens sudo and su: commands, files and streams', async () => {
    await using sshd = await start({ '/etc/sudoers': SUDOERS });
    await using link = await open(sshd, ACCOUNT_PASSWORD);
    for (const method of ['sudo', 'su'] as const) {
      const root = link.withBecome({ method, user: 'root' });
      expect(await root.exec({ argv: ['sh', '-c', 'id -un; echo err >&2; exit 3'] }, neverAborted)).toMatchObject({
        exit: 3,
        stdout: 'root\n',
        stderr: 'err\n',
      });
      await root.write('/etc/machine-id.swarm-test', Buffer.from('mine'), { mode: '0600' }, neverAborted);
      expect((await root.exec({ argv: ['stat', '-c', '%U', '/etc/machine-id.swarm-test'] }, neverAborted)).stdout).toBe('root\n');
      const pipe = await root.open({ argv: ['rm', '/etc/machine-id.swarm-test'] }, neverAborted);
      pipe.stdin.end();
      pipe.stdout.resume();
      expect(await pipe.done).toBe(0);
      expect((await root.exec({ argv: ['cat'], stdin: Buffer.alloc(100_000, 'x') }, neverAborted)).stdout.length).toBe(100_000);
    }
  });

  test('what start-up files print on stderr hides no prompt', async () => {
    await using sshd = await startSshd({ account: { ...account, shell: '/bin/bash' }, files: { '/etc/sudoers': SUDOERS } });
    writeFileSync(join(sshd.home, '.bashrc'), 'seq 3000 >&2\n');
    await using link = await open(sshd, ACCOUNT_PASSWORD);
    for (const method of ['sudo', 'su'] as const) expect(await who(link, { method, user: 'root' })).toBe('root');
  });

  test('a wrong password is told as such, once, with what the host printed', async () => {
    await using sshd = await start({ '/etc/sudoers': SUDOERS });
    await using link = await open(sshd, 'no such password');
    for (const method of ['sudo', 'su'] as const)
      await expect(who(link, { method, user: 'root' })).rejects.toMatchObject({
        code: 'SW2009',
        message: expect.stringContaining(`${method} to root did not accept the password`),
      });
  });

  test.each([
    ['ordinary ALL=(ALL) NOPASSWD: ALL', { user: 'nosuch' }, undefined, /^sudo to nosuch failed: sudo: unknown user nosuch/],
    ['root ALL=(ALL) ALL', { user: 'root' }, ACCOUNT_PASSWORD, /^sudo to root is not allowed: ordinary is not in the sudoers file/],
    ['ordinary ALL=(ALL NOPASSWD: ALL', { user: 'root' }, undefined, /sudoers:2:\d+: syntax error/],
    [
      'ordinary ALL=(ALL) NOPASSWD:NOEXEC: ALL',
      { user: 'root' },
      undefined,
      /the shell on the host ended .*(?:sh: .*Permission denied|exec)/,
    ],
  ])('what sudo says is told whole: %s', async (sudoers, { user }, password, message) => {
    await using sshd = await start({ '/etc/sudoers': `Defaults !use_pty\n${sudoers}\n` });
    await using link = await open(sshd, password);
    await expect(who(link, { method: 'sudo', user })).rejects.toThrow(message);
  });

  test('doas that asks for a password is refused for another user than root with what to write; nopass works with one too', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'swarm-doas-'));
    try {
      chmodSync(bin, 0o755);
      writeFileSync(join(bin, 'doas'), DOAS, { mode: 0o755 });
      const options = {
        account,
        files: { '/etc/sudoers': `${SUDOERS}ordinary ALL=(nobody) NOPASSWD: ALL\n` },
        env: { PATH: `${bin}:/usr/bin:/bin` },
      };
      await using sshd = await startSshd(options);
      await using link = await open(sshd, ACCOUNT_PASSWORD);
      await expect(who(link, { method: 'doas', user: 'nobody' })).rejects.toMatchObject({
        message: 'doas to nobody asks for a password, and swarm can type it for root only: doas: Authorization required',
        hint: expect.stringContaining('permit nopass ordinary as nobody'),
      });
      writeFileSync(join(bin, 'doas'), '#!/bin/sh\nshift 3\nshift\nexec sudo -n -u nobody -- "$@"\n', { mode: 0o755 });
      expect(await who(link, { method: 'doas', user: 'nobody' })).toBe('nobody');
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  test('a lecture, a prompt in another language and NOPASSWD change nothing', async () => {
    const lecture =
      'Defaults lecture=always, badpass_message="Nein, nochmal."\nDefaults !use_pty, passprompt="Passwort f\\303\\274r %p: "\n';
    await using sshd = await start({ '/etc/sudoers': `${lecture}${SUDOERS}ordinary ALL=(nobody) NOPASSWD: ALL\n` });
    await using link = await open(sshd, ACCOUNT_PASSWORD);
    expect(await who(link, { method: 'sudo', user: 'root' })).toBe('root');
    expect(await who(link, { method: 'sudo', user: 'nobody' })).toBe('nobody');
  });

  test.each([
    ['NOPASSWD: ', undefined],
    ['', ACCOUNT_PASSWORD],
  ])('requiretty gets a terminal, with outputs apart and the exit status: %s', async (tag, password) => {
    await using sshd = await start({ '/etc/sudoers': `Defaults requiretty\nordinary ALL=(ALL) ${tag}ALL\n` });
    await using link = await open(sshd, password);
    const root = link.withBecome({ method: 'sudo', user: 'root' });
    for (let i = 0; i < 2; i++)
      expect(await root.exec({ argv: ['sh', '-c', 'id -un; echo err >&2; exit 3'] }, neverAborted)).toMatchObject({
        exit: 3,
        stdout: 'root\n',
        stderr: 'err\n',
      });
    const pipe = await root.open({ argv: ['sh', '-c', 'cat; exit 7'] }, neverAborted);
    pipe.stdin.end('bytes');
    const parts: Buffer[] = [];
    for await (const part of pipe.stdout) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toBe('bytes');
    expect(await pipe.done).toBe(7);
    expect(
      (await root.exec({ argv: ['sh', '-c', 'head -c1 </dev/tty; echo "no input $?"'], timeoutMs: 5000 }, neverAborted)).stdout,
    ).toContain('no input');
  });

  test('a program that takes a password from a terminal alone, as doas, gets one', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'swarm-doas-'));
    try {
      chmodSync(bin, 0o755);
      writeFileSync(join(bin, 'doas'), DOAS, { mode: 0o755 });
      await using sshd = await startSshd({ account, files: { '/etc/sudoers': SUDOERS }, env: { PATH: `${bin}:/usr/bin:/bin` } });
      await using silent = await open(sshd);
      await expect(who(silent, { method: 'doas', user: 'root' })).rejects.toMatchObject({
        code: 'SW2009',
        message: 'doas to root asks for a password, and swarm has none: doas: Authorization required',
      });
      await using wrong = await open(sshd, 'no such password');
      await expect(who(wrong, { method: 'doas', user: 'root' })).rejects.toMatchObject({
        message: 'doas to root did not accept the password: doas: Authentication failed',
      });
      await using link = await open(sshd, ACCOUNT_PASSWORD);
      expect(await who(link, { method: 'doas', user: 'root' })).toBe('root');
    } finally {
      rmSync(bin, { recursive: true });
    }
  });

  test('a method that neither starts a shell nor ends has a time limit, which the inventory sets', async () => {
    await using sshd = await start({ '/usr/bin/sudo': '#!/bin/sh\necho thinking >&2\nsleep 100\n' });
    await using link = await open(sshd, undefined, { timeouts: { become: 700 } });
    await expect(who(link, { method: 'sudo', user: 'root' })).rejects.toMatchObject({
      code: 'SW2009',
      message: 'sudo to root started no shell within 0.7 s; it printed: thinking',
      hint: expect.stringContaining('timeouts: { become: 3s }'),
    });
  });
});
