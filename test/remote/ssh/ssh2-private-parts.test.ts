import { once } from 'node:events';
import ssh2, { type ServerChannel } from 'ssh2';
import { expect, test } from 'vitest';
import { WAITING_CHUNK_FIELDS } from '../../../src/lab/sshd/ssh2-channel-state.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { createGreetingReader } from '../../../src/remote/ssh/ssh2-debug-lines.ts';
import { sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { createKeyPair, startFakeSshServer } from '../fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

// What breaks with a new version of ssh2 that changes its private parts. The first two: `hosts trust` and `hosts scan` show no keys, or
// report a wrong Terrapin finding. The third: the lab repeats or loses output. The fourth: each login
// costs the host a signature with each of its keys.

const shake = async (port: number, type: 'ssh-ed25519' | 'ecdsa-sha2-nistp521') => {
  const client = new ssh2.Client();
  const { debug, greeting } = createGreetingReader();
  client.on('error', () => undefined); // the socket is reset after the handshake has failed
  const failed = once(client, 'error') as Promise<[Error]>;
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'none',
    algorithms: { serverHostKey: [type] },
    hostVerifier: () => false,
    debug,
  });
  const [error] = await failed;
  client.destroy();
  return { error, greeting: greeting() };
};

test('the debug lines of ssh2 have the key types, the banner and the strict key exchange of a server', async () => {
  await using server = await startFakeSshServer({ hostKeys: [createKeyPair('ed25519'), createKeyPair('ecdsa')] });
  const { greeting } = await shake(server.port, 'ssh-ed25519');
  expect(greeting).toEqual({
    keyTypes: ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
    banner: expect.stringMatching(/^ssh2js/),
    strictKeyExchange: true,
  });
});

test('ssh2 has its own words for a server without a key of the wanted types, and the greeting is read by then', async () => {
  await using server = await startFakeSshServer();
  const { error, greeting } = await shake(server.port, 'ecdsa-sha2-nistp521');
  expect(error.message).toMatch(/no matching host key/i);
  expect(greeting.keyTypes).toEqual(['ssh-ed25519']);
});

test('a channel of ssh2 keeps its waiting chunk in the fields that the lab clears', async () => {
  let channel: ServerChannel | undefined;
  await using server = await startFakeSshServer({
    exec: (opened) => {
      channel = opened;
      opened.exit(1);
      opened.end();
    },
  });
  const host = server.host();
  await expect(connect(host, connectOptions([host]), neverAborted)).rejects.toThrow();
  for (const field of WAITING_CHUNK_FIELDS) expect(channel).toHaveProperty(field);
});

test.skipIf(sshdProgram === undefined)('after the login, OpenSSH is not asked to sign with all its host keys', async () => {
  await using server = await startSshd({ hostKeys: ['ed25519', 'ecdsa'], config: ['LogLevel DEBUG3'] });
  const host = trustedHost(server, 'drone-tarn');
  {
    await using connection = await connect(host, connectOptions([host]), neverAborted);
    await connection.exec({ argv: ['true'] }, neverAborted);
  }
  expect(server.log()).toContain('notify_hostkeys: sent 2 hostkeys');
  expect(server.log()).not.toMatch(/hostkeys-prove|hostkeys_prove/);
});
