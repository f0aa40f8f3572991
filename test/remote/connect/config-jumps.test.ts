import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Connection } from '../../../src/core/connection.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import { connect } from '../../../src/remote/connect/connect.ts';
import { readUserSshConfig } from '../../../src/remote/ssh-config/ssh-config.ts';
import { type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { trustedHost } from '../../machines/sshd-fleet.ts';
import { connectOptions, neverAborted } from '../test-options.ts';

describe.skipIf(sshdProgram === undefined)('jump hosts that ~/.ssh/config names', () => {
  const home = mkdtempSync(join(tmpdir(), 'swarm-jumps-'));
  const ssh = (name: string): string => join(home, '.ssh', name);
  let gate: Sshd;
  let inner: Sshd;
  let tarn: Sshd;
  beforeAll(async () => {
    mkdirSync(ssh(''));
    vi.stubEnv('HOME', home);
    vi.stubEnv('SSH_AUTH_SOCK', '');
    gate = await startSshd();
    inner = await startSshd({ clientKey: gate.clientKey });
    tarn = await startSshd({ clientKey: gate.clientKey });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    for (const each of [gate, inner, tarn]) await each[Symbol.asyncDispose]();
    rmSync(home, { recursive: true });
  });

  const knownLine = (sshd: Sshd, keysOf = sshd): string =>
    keysOf.hostKeys.map(({ type, blob }) => `[127.0.0.1]:${sshd.port} ${type} ${blob}\n`).join('');
  const block = (name: string, sshd: Sshd, more = ''): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  IdentityFile ${gate.clientKey}\n${more}`;
  const loginsOf = (sshd: Sshd): number => sshd.log().split('Accepted publickey').length - 1;
  /** tarn, with `jump` as its ProxyJump. */
  const reach = (jump: string, others: readonly Host[] = [], known = knownLine(gate) + knownLine(inner)): Promise<Connection> => {
    const more = '\nHost deep\n  ProxyJump gate\n';
    writeFileSync(
      ssh('config'),
      `${block('gate', gate)}${block('inner deep', inner)}${block('tarn', tarn, `  ProxyJump ${jump}\n`)}${more}`,
    );
    writeFileSync(ssh('known_hosts'), known);
    const host = trustedHost(tarn, 'tarn', { routes: [{ kind: 'local', address: 'tarn', port: tarn.port }] });
    return connect(host, connectOptions([host, ...others], { sshConfig: readUserSshConfig(home) }), neverAborted);
  };

  test('a jump host that only the file knows is used, with its key of known_hosts', async () => {
    const before = loginsOf(gate);
    await using link = await reach('gate');
    expect((await link.exec({ argv: ['echo', 'on'] }, neverAborted)).stdout).toBe('on\n');
    expect(loginsOf(gate)).toBe(before + 1);
  });

  test.each(['gate,inner', 'deep'])('hops over hops: ProxyJump %s goes through both', async (jump) => {
    const before = [loginsOf(gate), loginsOf(inner)];
    await using link = await reach(jump);
    expect(link.proof.machineId).toBeDefined();
    expect([loginsOf(gate), loginsOf(inner)]).toEqual(before.map((count) => count + 1));
  });

  test('a host of the inventory is reached over its own routes, and proves itself by its pins', async () => {
    await using link = await reach('gate', [trustedHost(gate, 'gate')], '');
    expect(link.route).toMatchObject({ address: 'tarn' });
    await expect(reach('gate', [trustedHost(gate, 'gate', { identity: { hostKeys: inner.hostKeys } })])).rejects.toMatchObject({
      code: 'SW2003',
      message: expect.stringContaining('through gate'),
    });
  });

  test('a jump host without a known key, or with another one, gets no login; the error has the command to type', async () => {
    const before = loginsOf(gate);
    await expect(reach(`me@gate:${gate.port}`, [], '')).rejects.toMatchObject({
      code: 'SW1305',
      message: expect.stringContaining(`me@gate:${gate.port} is in neither the inventory nor known_hosts`),
      hint: expect.stringContaining(`ssh -p ${gate.port} me@gate`),
    });
    await expect(reach('gate', [], knownLine(gate, inner))).rejects.toMatchObject({
      code: 'SW2003',
      hint: expect.stringContaining(`ssh-keygen -R '[127.0.0.1]:${gate.port}'`),
    });
    expect(loginsOf(gate)).toBe(before);
  });

  test('a circle is told as one', async () => {
    writeFileSync(ssh('known_hosts'), knownLine(gate) + knownLine(inner));
    writeFileSync(
      ssh('config'),
      `${block('gate', gate, '  ProxyJump inner\n')}${block('inner', inner, '  ProxyJump gate\n')}${block('tarn', tarn, '  ProxyJump gate\n')}`,
    );
    const host = trustedHost(tarn, 'tarn', { routes: [{ kind: 'local', address: 'tarn', port: tarn.port }] });
    const options = connectOptions([host], { sshConfig: readUserSshConfig(home) });
    await expect(connect(host, options, neverAborted)).rejects.toMatchObject({
      code: 'SW1304',
      message: expect.stringContaining('circle'),
    });
  });

  test('a route that fails names the ProxyCommand that is not used', async () => {
    writeFileSync(ssh('config'), `Host tarn\n  ProxyCommand nc 127.0.0.1 ${tarn.port}\n  HostName 127.0.0.1\n`);
    const host = trustedHost(tarn, 'tarn', { routes: [{ kind: 'local', address: 'tarn', port: 1 }] });
    const options = connectOptions([host], { sshConfig: readUserSshConfig(home) });
    await expect(connect(host, options, neverAborted)).rejects.toMatchObject({
      code: 'SW2001',
      message: expect.stringContaining('swarm does not use ProxyCommand (~/.ssh/config:2)'),
      hint: expect.stringContaining('jump route'),
    });
  });
});
