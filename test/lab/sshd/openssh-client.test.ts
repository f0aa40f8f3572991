import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/lab/lab.ts';
import { startTestLab } from '../fixture.ts';

const there = spawnSync('ssh', ['-V']).status === 0;

describe.skipIf(!there)('the ssh program of OpenSSH', () => {
  let lab: Lab;
  let options: readonly string[];
  beforeAll(async () => {
    lab = await startTestLab({ drones: 2 });
    const known = join(lab.dir, 'known_hosts');
    writeFileSync(known, lab.drones.map(({ name, hostKey }) => `${name} ${hostKey.type} ${hostKey.blob}\n`).join(''));
    const config = join(lab.dir, 'ssh_config');
    const host = ({ name, port }: { name: string; port: number }, more = '') =>
      `Host ${name}${more}\n  HostName 127.0.0.1\n  Port ${port}\n  HostKeyAlias ${name}\n`;
    const [one, two] = lab.drones as [Lab['drones'][number], Lab['drones'][number]];
    writeFileSync(
      config,
      `${host(one)}${host(two)}Host far\n  HostName 127.0.0.1\n  Port ${two.port}\n  HostKeyAlias d2\n  ProxyJump d1\n` +
        `Host *\n  User root\n  IdentityFile ${lab.clientKey.path}\n  IdentitiesOnly yes\n  BatchMode yes\n` +
        `  UserKnownHostsFile ${known}\n  StrictHostKeyChecking yes\n  LogLevel ERROR\n`,
    );
    options = ['-F', config];
  });
  afterAll(async () => lab?.[Symbol.asyncDispose]());

  const ssh = (args: readonly string[], stdin: Buffer | string = ''): Promise<{ status: number; stdout: Buffer; stderr: string }> =>
    new Promise((resolve) => {
      const child = execFile(
        'ssh',
        [...options, ...args],
        { encoding: 'buffer', maxBuffer: 2 ** 28, timeout: 20_000 },
        (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr: stderr.toString() }),
      );
      child.stdin?.end(stdin);
    });

  test('logs in with the key pinned, and gets output and exit status', async () => {
    const { status, stdout, stderr } = await ssh(['d1', 'echo $SWARM_LAB_NAME; exit 4']);
    expect([status, stdout.toString(), stderr]).toEqual([4, 'd1\n', '']);
  });

  test('moves 50 MB each way', async () => {
    const bytes = randomBytes(50 * 1024 * 1024);
    const { stdout } = await ssh(['d1', 'cat'], bytes);
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('jumps through one drone to another', async () => {
    expect((await ssh(['far', 'echo $SWARM_LAB_NAME'])).stdout.toString()).toBe('d2\n');
  });

  test('refuses another machine behind the same name', async () => {
    const { status, stderr } = await ssh(['-o', 'HostKeyAlias=d2', 'd1', 'echo no']);
    expect([status, stderr]).toEqual([255, expect.stringContaining('verification failed')]);
  });

  test('gets a terminal when it asks for one', async () => {
    const { stdout } = await ssh(['-tt', 'd1', 'tty; stty size']);
    expect(stdout.toString()).toMatch(/^\/dev\/pts\/\d+\r?\n/);
  });

  test('leaves at once although a detached command stays', async () => {
    const { status, stdout } = await ssh(['d1', 'setsid sleep 600 </dev/null >/dev/null 2>&1 & echo left']);
    expect([status, stdout.toString()]).toEqual([0, 'left\n']);
    await expect.poll(() => lab.drones[0]?.processes().length).toBe(1);
  });
});
