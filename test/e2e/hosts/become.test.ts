import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT_PASSWORD, isRoot, type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { runSwarm, runSwarmJson } from '../run-program.ts';

// the login is root, so the host shows by SUDO_USER, and by another become_user, that sudo ran the command
describe.skipIf(!isRoot || sshdProgram === undefined || !existsSync('/usr/bin/sudo'))('exec obeys become of the inventory', () => {
  let dir: string;
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await startSshd();
    dir = mkdtempSync(join(tmpdir(), 'swarm-become-'));
    mkdirSync(join(dir, 'inventory'));
    const [key] = sshd.hostKeys;
    writeFileSync(join(dir, 'inventory/known_hosts'), `h ${key?.type} ${key?.blob}\n`);
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  const writeHost = (fields: string): void => {
    const login = `user: ${sshd.user}, identity_file: ${sshd.clientKey}, routes: [{ local: "127.0.0.1:${sshd.port}" }]`;
    writeFileSync(join(dir, 'inventory/swarm.yml'), `defaults: { become: true }\nhosts:\n  h: { ${fields} ${login} }\n`);
  };
  const who = async (...words: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runSwarm(dir, ['exec', 'h', ...words, '--shell', '--', 'echo "$(id -un) by $SUDO_USER"']);
    return stdout + stderr;
  };

  test('become: true runs the command as root by sudo', async () => {
    writeHost('');
    expect(await who()).toBe('h │ root by root\n');
  });

  test('become_user names another user', async () => {
    writeHost('become_user: nobody,');
    expect(await who()).toBe('h │ nobody by root\n');
  });

  test('become: false of the host wins over the defaults; -b asks for it anyway', async () => {
    writeHost('become: false,');
    expect(await who()).toMatch(/^h │ root by ?\n$/);
    expect(await who('-b')).toBe('h │ root by root\n');
  });

  test.skipIf(existsSync('/usr/bin/doas'))('a method that the host does not have is named, with what to install', async () => {
    writeHost('become_method: doas,');
    const { exit, json } = await runSwarmJson(dir, ['exec', 'h', '--', 'id']);
    expect(exit).toBe(2);
    expect(json.errors).toEqual([
      expect.objectContaining({
        code: 'SW2009',
        message: 'doas to root failed: doas is not installed on the host',
        hint: expect.stringMatching(/^Install doas on the host.*become_method/),
      }),
    ]);
  });
});

describe.skipIf(!isRoot || sshdProgram === undefined || !existsSync('/usr/bin/sudo'))('the password for become', () => {
  let dir: string;
  let sshd: Sshd;
  beforeAll(async () => {
    const sudoers = 'Defaults !use_pty\nordinary ALL=(ALL) ALL\n';
    sshd = await startSshd({ account: { name: 'ordinary', uid: 4242 }, files: { '/etc/sudoers': sudoers } });
    dir = mkdtempSync(join(tmpdir(), 'swarm-become-'));
    mkdirSync(join(dir, 'inventory'));
    const [key] = sshd.hostKeys;
    writeFileSync(join(dir, 'inventory/known_hosts'), `h ${key?.type} ${key?.blob}\n`);
    writeFileSync(join(dir, 'password'), `${ACCOUNT_PASSWORD}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });
  const writeHost = (fields: string): void => {
    const login = `user: ordinary, identity_file: ${sshd.clientKey}, routes: [{ local: "127.0.0.1:${sshd.port}" }]`;
    writeFileSync(join(dir, 'inventory/swarm.yml'), `hosts:\n  h: { become: true, ${fields} ${login} }\n`);
  };

  test('become_password of the inventory is read where sudo asks for it, and is shown nowhere', async () => {
    writeHost('become_password: { secret: { from: "file:password" } },');
    const { stdout, stderr, exit } = await runSwarm(dir, ['exec', 'h', '--', 'id', '-un']);
    expect([exit, stdout]).toEqual([0, 'h │ root\n']);
    expect(stdout + stderr).not.toContain(ACCOUNT_PASSWORD);
  });

  test('-K takes it from the first line of standard input where there is no terminal', async () => {
    writeHost('');
    const { stdout, exit } = await runSwarm(dir, ['exec', 'h', '-K', '--', 'id', '-un'], { stdin: `${ACCOUNT_PASSWORD}\n` });
    expect([exit, stdout]).toEqual([0, 'h │ root\n']);
  });

  test('without one the error names both, and nothing waits', async () => {
    writeHost('');
    const { exit, json } = await runSwarmJson(dir, ['exec', 'h', '--', 'id', '-un']);
    expect(exit).toBe(2);
    expect(json.errors).toEqual([expect.objectContaining({ code: 'SW2009', hint: expect.stringMatching(/-K.*become_password/) })]);
  });

  test('a password in the inventory itself is refused, with the form to write', async () => {
    writeHost('become_password: hunter2,');
    const { exit, stderr } = await runSwarm(dir, ['check']);
    expect(exit).toBe(6);
    expect(stderr).toMatch(/become_password.*\{ secret: \{ from: "env:NAME" \} \}/s);
  });
});
