import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Key, Login } from '../../../src/core/inventory/login.ts';
import { Secret } from '../../../src/core/secret.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { formatLoginKey, readCredentials } from '../../../src/remote/ssh/login-keys.ts';
import { readSshConfig } from '../../../src/remote/ssh-config/ssh-config.ts';
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

  test('a .pub file chooses its key in the agent; without the agent it says what to add', async () => {
    const { keys, problems } = await readCredentials(login(agentKey, fileOf(path('other.pub'))), socket, false);
    expect(keys.map(formatLoginKey)).toEqual(['agent: other ssh-ed25519', 'agent: held ssh-ed25519']);
    expect(problems).toEqual([]);
    expect(await readCredentials(login(fileOf(path('plain.pub'))), socket, false)).toEqual({
      keys: [],
      problems: [`${path('plain.pub')} is a public key, and no agent holds its private key: ssh-add ${path('plain')}`],
    });
  });

  const pem = { format: 'pem' } as const;
  const made = {
    ed25519: generateKeyPairSync('ed25519').privateKey,
    ecdsa: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  };
  test.each(Object.entries(made))('a %s key in PKCS#8, plain or encrypted, logs in with its own public half', async (type, key) => {
    writeFileSync(path(`p8-${type}`), key.export({ type: 'pkcs8', ...pem }));
    writeFileSync(path(`p8-${type}-locked`), key.export({ type: 'pkcs8', ...pem, cipher: 'aes-256-cbc', passphrase: 'open sesame' }));
    const passphrase = new Secret('p', 'open sesame');
    const plain = await readCredentials(login(fileOf(path(`p8-${type}`))), undefined, false);
    const opened = await readCredentials(login({ ...fileOf(path(`p8-${type}-locked`)), passphrase } as Key), undefined, false);
    expect(plain.problems).toEqual([]);
    const [one, other] = [plain.keys[0]?.key, opened.keys[0]?.key];
    expect(one?.getPublicSSH().equals(other?.getPublicSSH() ?? Buffer.alloc(0))).toBe(true);
    const data = Buffer.from('to sign');
    expect(one?.verify(data, other?.sign(data) as Buffer)).toBe(true);
    expect((await readCredentials(login(fileOf(path(`p8-${type}-locked`))), undefined, false)).problems).toEqual([
      `${path(`p8-${type}-locked`)} is protected by a passphrase, and no agent holds it: ssh-add ${path(`p8-${type}-locked`)}`,
    ]);
  });

  test.each([
    ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['old Mac line ends', (text: string) => text.replaceAll('\n', '\r')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['no last line end', (text: string) => text.trimEnd()],
    ['empty lines around it', (text: string) => `\n\n${text}\n\n`],
  ])('a key file with %s is read', async (_, change) => {
    writeFileSync(path('odd'), change(readFileSync(path('plain'), 'utf8')));
    expect((await readCredentials(login(fileOf(path('odd'))), undefined, false)).keys.map(formatLoginKey)).toEqual([
      `file ${path('odd')} ssh-ed25519`,
    ]);
  });
});
