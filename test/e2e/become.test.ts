import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isRoot, type Sshd, sshdProgram, startSshd } from '../machines/sshd.ts';
import { runSwarm, runSwarmJson } from './run-program.ts';

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
