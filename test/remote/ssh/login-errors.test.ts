import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { scanHostKeys } from '../../../src/remote/connect/scan-host-keys.ts';
import { toLoginError } from '../../../src/remote/ssh/login-errors.ts';
import { type Sshd, type SshdOptions, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { createKeyPair } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

const failure = async (host: Host): Promise<SwarmError> => {
  const error: unknown = await connect(host, connectOptions([host]), neverAborted).then(
    (link) => link[Symbol.asyncDispose](),
    (thrown) => thrown,
  );
  return error as SwarmError;
};
const failureOf = async (options: SshdOptions, change: (sshd: Sshd) => Partial<Host> = () => ({})): Promise<SwarmError> => {
  await using sshd = await startSshd(options);
  return await failure(trustedHost(sshd, 'one', change(sshd))); // the server lives until then
};
const stranger = (dir: string): string => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, 'stranger')]);
  return join(dir, 'stranger');
};

describe.skipIf(sshdProgram === undefined)('the server’s own words reach the person', () => {
  test.each([
    [
      'Ciphers chacha20-poly1305@openssh.com',
      /no common cipher: it offers chacha20-poly1305@openssh.com; swarm offers aes128-gcm/,
      /Ciphers \+aes128-gcm@openssh.com/,
    ],
    [
      'KexAlgorithms sntrup761x25519-sha512@openssh.com',
      /no common key exchange: it offers sntrup761x25519-sha512@openssh.com; swarm offers curve25519-sha256/,
      /KexAlgorithms \+curve25519-sha256/,
    ],
  ])('a server with only %s is an SSH server without a common algorithm', async (line, message, hint) => {
    const error = await failureOf({ config: [line] });
    expect(error).toMatchObject({ code: 'SW2040', message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  test('a banner that no packet can hold is named as that', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-banner-'));
    writeFileSync(join(dir, 'banner'), 'x'.repeat(240_000));
    const error = await failureOf({ config: [`Banner ${dir}/banner`] });
    expect(error).toMatchObject({ message: expect.stringMatching(/banner of more than 32 KiB/), hint: expect.stringMatching(/Banner/) });
    rmSync(dir, { recursive: true });
  });

  test('a scan of the keys says the same, so that trust does', async () => {
    await using sshd = await startSshd({ config: ['Ciphers chacha20-poly1305@openssh.com'] });
    const host = trustedHost(sshd, 'one');
    await expect(scanHostKeys(host, host.routes[0], connectOptions([host]), neverAborted)).rejects.toMatchObject({
      code: 'SW2040',
      message: expect.stringMatching(/it offers chacha20-poly1305@openssh.com; swarm offers aes128-gcm/),
    });
  });

  test('a server whose host key signs with SHA-1 alone is told by what it offers', async () => {
    await using sshd = await startSshd({ hostKeys: ['rsa'], config: ['HostKeyAlgorithms ssh-rsa'] });
    const host = trustedHost(sshd, 'one');
    const expected = {
      code: 'SW2040',
      message: expect.stringMatching(/no common type of host key: it offers ssh-rsa; swarm offers ssh-ed25519/),
      hint: expect.stringContaining('ssh-keygen -A'),
    };
    await expect(scanHostKeys(host, host.routes[0], connectOptions([host]), neverAborted)).rejects.toMatchObject(expected);
  });

  test('a server with only an old MAC is told the same way', async () => {
    const error = await failureOf({ config: ['Ciphers aes128-ctr', 'MACs hmac-sha1'] });
    expect(error).toMatchObject({ code: 'SW2040', message: expect.stringContaining('no common MAC: it offers hmac-sha1; swarm offers') });
  });

  test('the right key too late in the agent: the server’s reason, the keys in their order, and what to write', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-agent-'));
    const socket = join(dir, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      const env = { ...process.env, SSH_AUTH_SOCK: socket };
      for (let index = 1; index <= 8; index++) {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `key-${index}`, '-f', join(dir, `key-${index}`)]);
        execFileSync('ssh-add', ['-q', join(dir, `key-${index}`)], { env, stdio: 'ignore' });
      }
      await using sshd = await startSshd();
      const host = trustedHost(sshd, 'one', { login: { user: sshd.user, keys: [{ from: 'agent' }] } });
      const sshConfig = {
        settings: () => ({ identityFiles: [], identityAgent: socket, identitiesOnly: false, proxyJump: [], origins: [], unused: [] }),
      };
      await expect(connect(host, connectOptions([host], { sshConfig }), neverAborted)).rejects.toMatchObject({
        code: 'SW2002',
        message: expect.stringMatching(
          /Too many authentication failures after \d keys; offered in this order: agent: key-1 ssh-ed25519, agent: key-2/,
        ),
        hint: expect.stringMatching(/identity_file: PATH.*ssh-add -l/),
      });
    } finally {
      agent.kill();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('a banner stands in the error of a refused login, without what moves a terminal', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-banner-'));
    try {
      const { writeFileSync } = await import('node:fs');
      writeFileSync(join(dir, 'banner'), '\u001b[2JThis account\nhas expired. Call 4242.\n');
      const error = await failureOf({ config: [`Banner ${join(dir, 'banner')}`] }, (sshd) => ({
        login: { user: sshd.user, keys: [{ from: 'file', path: stranger(dir) }] },
      }));
      expect(error).toMatchObject({
        code: 'SW2002',
        message: expect.stringContaining('the server says: [2JThis account has expired. Call 4242.'),
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  test('a login that is refused, or ends without a word, names the log and each setting that may be the cause', async () => {
    const refused = await failureOf({ config: [`DenyUsers ${userInfo().username}`] });
    expect(refused).toMatchObject({
      code: 'SW2002',
      hint: expect.stringMatching(/expired.*DenyUsers.*PubkeyAcceptedAlgorithms.*journalctl -u sshd/),
    });
    const words = { greeting: '', isSshServer: true, banner: '', wantsMore: false };
    const failed = { user: 'ordinary', credentials: { keys: [], problems: [] }, tried: ['file k'], keyVerified: true, words };
    expect(toLoginError(new Error('the host closed it'), failed)).toMatchObject({
      code: 'SW2001',
      hint: expect.stringMatching(/does not say why.*journalctl/),
    });
  });

  test('a server that wants a second factor is told as such', async () => {
    const error = await failureOf({ config: ['KbdInteractiveAuthentication yes', 'AuthenticationMethods publickey,keyboard-interactive'] });
    expect(error).toMatchObject({
      code: 'SW2002',
      message: expect.stringMatching(/the host accepts a key and wants one more proof: keyboard-interactive \(offered in this order: file/),
      hint: expect.stringContaining('AuthenticationMethods publickey'),
    });
  });

  test('a server that takes no keys is told as such', async () => {
    const error = await failureOf({ config: ['PubkeyAuthentication no', 'PasswordAuthentication yes'] });
    expect(error).toMatchObject({
      code: 'SW2002',
      message: expect.stringMatching(/the host takes no key for \S+, only password/),
      hint: expect.stringContaining('PubkeyAuthentication yes'),
    });
  });

  test('a server that is full is tried again, and answers', async () => {
    await using sshd = await startSshd({ config: ['MaxStartups 1:100:1', 'LoginGraceTime 2'] });
    const socket = await import('node:net').then(({ connect: dial }) => dial(sshd.port, '127.0.0.1'));
    await once(socket, 'data'); // a login under way that holds the only place until its time is over
    const host = trustedHost(sshd, 'one');
    await using link = await connect(host, connectOptions([host]), neverAborted);
    expect((await link.exec({ argv: ['echo', 'on'] }, neverAborted)).stdout).toBe('on\n');
    socket.destroy();
  });
});

test.each([
  ['Exceeded MaxStartups\r\n', 'SW2042', /takes no more logins.*it printed: Exceeded MaxStartups \(tried 7 times\)/],
  ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SW2001', /no SSH server answers.*it printed: HTTP\/1.1 400 Bad Request/],
  ['', 'SW2001', /no SSH server answers.*\(tried 3 times\)/],
])('what is not an SSH server is told by what it printed: %j', { timeout: 60_000 }, async (text, code, message) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end(text));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  const host: Host = trustedHost(
    { address: '127.0.0.1', port, user: 'nobody', clientKey: '/none', hostKeys: [createKeyPair().public], machineId: 'a'.repeat(32) },
    'one',
  );
  const error = await failure(host);
  server.close();
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
});
