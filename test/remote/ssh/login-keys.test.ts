import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Key, Login } from '../../../src/core/inventory/login.ts';
import { Secret } from '../../../src/core/secret.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { formatLoginKey, readCredentials } from '../../../src/remote/ssh/login-keys.ts';
import { readSshConfig } from '../../../src/remote/ssh/ssh-config.ts';
import { type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const keygen = (file: string, passphrase = ''): void => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', file.replace(/.*\//, ''), '-f', file]);
};
const login = (...keys: readonly Key[]): Login => ({ user: 'root', keys });
const agentKey: Key = { from: 'agent' };
const fileOf = (path: string): Key => ({ from: 'file', path });

describe.skipIf(sshdProgram === undefined)('keys to log in with', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-keys-'));
  const path = (name: string): string => join(dir, name);
  const socket = path('agent');
  let agent: ReturnType<typeof spawn>;
  let sshd: Sshd;
  beforeAll(async () => {
    for (const name of ['held', 'other', 'plain']) keygen(path(name));
    keygen(path('locked'), 'open sesame');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    if (agent.stdout) await once(agent.stdout, 'data');
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    for (const name of ['other', 'held']) execFileSync('ssh-add', ['-q', path(name)], { env, stdio: 'ignore' });
    sshd = await startSshd({ clientKey: path('held') });
  });
  afterAll(async () => {
    agent.kill();
    await sshd[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  test('agent keys that are asked for as files come first, then files, then the agent’s others', async () => {
    const { keys: offers, problems } = await readCredentials(login(agentKey, fileOf(path('plain')), fileOf(path('held'))), socket, false);
    expect(offers.map(formatLoginKey)).toEqual([
      'agent: held ssh-ed25519',
      `file ${path('plain')} ssh-ed25519`,
      'agent: other ssh-ed25519',
    ]);
    expect(problems).toEqual([]);
  });

  test('IdentitiesOnly leaves the agent’s other keys alone; without the agent asked for, none of its keys are offered', async () => {
    expect((await readCredentials(login(agentKey, fileOf(path('held'))), socket, true)).keys.map(formatLoginKey)).toEqual([
      'agent: held ssh-ed25519',
    ]);
    expect((await readCredentials(login(fileOf(path('plain'))), socket, false)).keys.map(formatLoginKey)).toEqual([
      `file ${path('plain')} ssh-ed25519`,
    ]);
  });

  test('a key with a passphrase and no agent says what to do; with the passphrase it opens', async () => {
    const shut = await readCredentials(login(fileOf(path('locked'))), undefined, false);
    expect(shut).toEqual({
      keys: [],
      problems: [`${path('locked')} is protected by a passphrase, and no agent holds it: ssh-add ${path('locked')}`],
    });
    const open = await readCredentials(
      login({ from: 'file', path: path('locked'), passphrase: new Secret('p', 'open sesame') }),
      undefined,
      false,
    );
    expect(open.keys.length).toBe(1);
    const host = trustedHost(sshd, 'one', { login: { user: sshd.user, keys: [fileOf(path('locked'))] } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2002',
      hint: expect.stringContaining(`ssh-add ${path('locked')}`),
    });
  });

  test('a public key, a text and an agent that is gone are told, and the other keys still tried', async () => {
    writeFileSync(path('text'), 'hello');
    const found = await readCredentials(
      login(agentKey, fileOf(path('held.pub')), fileOf(path('text')), fileOf(path('plain'))),
      path('nobody'),
      false,
    );
    expect(found.keys.map(formatLoginKey)).toEqual([`file ${path('plain')} ssh-ed25519`]);
    expect(found.problems.length).toBe(3);
  });

  test('the agent of IdentityAgent in ~/.ssh/config logs in; the agent signs for this host alone, and is not forwarded', async () => {
    writeFileSync(path('config'), `Host *\n  IdentityAgent ${socket}\n`);
    const host = trustedHost(sshd, 'one', { login: { user: sshd.user, keys: [agentKey] } });
    await using link = await connect(host, connectOptions([host], { sshConfig: readSshConfig(path('config')) }), neverAborted);
    expect((await link.exec({ argv: ['sh', '-c', 'echo "[$SSH_AUTH_SOCK]"'] }, neverAborted)).stdout).toBe('[]\n');
  });

  test('keys that are refused are all named', async () => {
    const host = trustedHost(sshd, 'one', { login: { user: sshd.user, keys: [fileOf(path('plain')), fileOf(path('other'))] } });
    await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2002',
      message: expect.stringMatching(/file .*plain ssh-ed25519, file .*other ssh-ed25519/),
      hint: expect.stringContaining('authorized_keys'),
    });
  });
});
