import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sshd, sshdProgram, startSshd } from '../../machines/sshd.ts';
import { knownHostsText } from '../../machines/sshd-fleet.ts';
import { runSwarm } from '../run-program.ts';

describe.skipIf(sshdProgram === undefined)('~/.ssh/config counts where the inventory leaves something open', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-e2e-ssh-config-'));
  const home = join(dir, 'home');
  let gate: Sshd;
  let tarn: Sshd;
  const swarm = (...words: readonly string[]) => runSwarm(dir, words, { env: { HOME: home } });
  beforeAll(async () => {
    mkdirSync(join(dir, 'inventory'));
    mkdirSync(join(home, '.ssh'), { recursive: true });
    gate = await startSshd();
    tarn = await startSshd({ clientKey: gate.clientKey });
    writeFileSync(
      join(dir, 'inventory/swarm.yml'),
      'hosts:\n  tarn: { timeouts: { login: 60s }, routes: [ { local: 127.0.0.1 } ] }\n  izar: { user: nobody, port: 4022, routes: [ { local: 127.0.0.2 } ] }\n',
    );
    writeFileSync(join(dir, 'inventory/known_hosts'), knownHostsText(tarn, 'tarn'));
    writeFileSync(
      join(home, '.ssh/config'),
      [
        'Host tarn',
        `  Port ${tarn.port}`,
        `  User ${tarn.user}`,
        '  ProxyJump gate',
        '  CertificateFile ~/.ssh/cert.pub',
        'Host gate',
        '  HostName 127.0.0.1',
        `  Port ${gate.port}`,
        'Match localuser *',
        `  IdentityFile ${gate.clientKey}`,
        '  IdentitiesOnly yes',
        '',
      ].join('\n'),
    );
    const [key] = gate.hostKeys;
    writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${gate.port} ${key?.type} ${key?.blob}\n`);
  });
  afterAll(async () => {
    await gate[Symbol.asyncDispose]();
    await tarn[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true });
  });

  test('Port, User and a ProxyJump that only the file knows are obeyed', async () => {
    const { exit, stdout, stderr } = await swarm('hosts', 'verify', 'tarn', '-o', 'json');
    expect([exit, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).hosts[0]).toMatchObject({ status: 'proven', routes: [{ route: `local 127.0.0.1:${tarn.port}` }] });
    expect(gate.log()).toContain('Accepted publickey');
  });

  test('`hosts ssh` takes the same way with the ssh of OpenSSH', async () => {
    const { exit, stdout, stderr } = await swarm('hosts', 'ssh', 'tarn', '--', 'echo', 'on');
    expect({ exit, stdout, stderr }).toMatchObject({ exit: 0, stdout: 'on\n' });
  });

  test('`hosts show` has what holds and where it comes from', async () => {
    const { stdout } = await swarm('hosts', 'show', 'tarn');
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
    expect(lines).toEqual(
      expect.arrayContaining([
        `ssh local 127.0.0.1:${tarn.port}`,
        'address 127.0.0.1 inventory',
        `port ${tarn.port} ~/.ssh/config:2`,
        `user ${tarn.user} ~/.ssh/config:3`,
        'jump gate ~/.ssh/config:4',
        `key ${gate.clientKey} ~/.ssh/config:10`,
        'only these keys yes ~/.ssh/config:11',
        'not used: CertificateFile, ~/.ssh/config:5',
        'timeouts connect 10s, handshake 10s, login 60s, shell 20s, become 20s',
      ]),
    );
    const shown = JSON.parse((await swarm('hosts', 'show', 'izar', '-o', 'json')).stdout).hosts[0].ssh[0];
    expect(shown.settings).toEqual(
      expect.arrayContaining([
        { name: 'port', value: '4022', from: 'inventory' },
        { name: 'user', value: 'nobody', from: 'inventory' },
      ]),
    );
    expect(shown.unused).toEqual([]);
  });

  test('`check` and `doctor` name the line that has no effect, once, with its hosts', async () => {
    const { exit, stderr } = await swarm('check');
    expect(exit).toBe(0);
    expect(stderr.match(/config:5: swarm does not use CertificateFile, which holds for tarn/g)).toHaveLength(1);
    const findings = JSON.parse((await swarm('doctor', 'tarn', '-o', 'json')).stdout).findings as { message: string }[];
    expect(findings.filter(({ message }) => message.includes('CertificateFile'))).toHaveLength(1);
  });

  test('a line that OpenSSH refuses is told with its place', async () => {
    const file = join(home, '.ssh/config');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, 'Host a\n  Port many\n');
    const { exit, stderr } = await swarm('hosts', 'list');
    writeFileSync(file, before);
    expect(stderr).toContain('config line 2: bad port "many"');
    expect(exit).not.toBe(0);
  });
});
