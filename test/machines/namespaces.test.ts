import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Machine, namespacesProblem, type Site, startSite } from './namespaces.ts';

describe.skipIf(namespacesProblem !== undefined)('two sites in network namespaces', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(async () => {
    const dir = dirname(dirname(site.machines.gateway.home));
    await site[Symbol.asyncDispose]();
    expect(existsSync(dir)).toBe(false);
    expect(spawnSync('pgrep', ['-f', dir]).status).toBe(1);
  });
  const options = [
    '-F',
    'none',
    '-o',
    'BatchMode=yes',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    '-o',
    'ConnectTimeout=3',
  ];
  const ssh = (machine: Machine, address: string, ...command: string[]) =>
    site.runOnOrchestrator(['ssh', ...options, '-i', site.clientKey, `${machine.user}@${address}`, ...command]);

  test('each machine is its own: host name, machine-id, home folder, host key', async () => {
    for (const machine of Object.values(site.machines)) {
      const { out } = await ssh(machine, machine.address, 'hostname; cat /etc/machine-id; touch ~/here');
      expect(out).toBe(`${machine.name}\n${machine.machineId}\n`);
      expect(existsSync(`${machine.home}/here`)).toBe(true);
      if (machine.overlay !== undefined) expect((await ssh(machine, machine.overlay, 'hostname')).out).toBe(`${machine.name}\n`);
    }
    expect(new Set(Object.values(site.machines).map(({ hostKeys }) => hostKeys[0]?.blob)).size).toBe(5);
    expect(spawnSync('hostname', { encoding: 'utf8' }).stdout.trim()).not.toBe('unraid');
  });

  test('LAN B is seen from A as the gateway, and an overlay that is cut leaves the other way open', async () => {
    const { gateway, 'drone-izar': izar, 'drone-tarn': tarn } = site.machines;
    const seen = await site.runOn('drone-tarn', [
      'ssh',
      ...options,
      '-i',
      site.clientKey,
      `${izar.user}@${izar.address}`,
      'echo $SSH_CONNECTION',
    ]);
    expect(seen.out.split(' ')[0]).toBe(gateway.address);
    await site.cut('drone-tarn', 'overlay');
    expect((await ssh(tarn, tarn.overlay ?? '', 'true')).exit).toBe(255);
    expect((await ssh(tarn, tarn.address, 'hostname')).out).toBe('drone-tarn\n');
    await site.reconnect('drone-tarn', 'overlay');
    expect((await ssh(tarn, tarn.overlay ?? '', 'hostname')).out).toBe('drone-tarn\n');
  });

  test('a reboot, ordered from here or typed there, ends all that ran and starts PID 1 anew', async () => {
    const izar = site.machines['drone-izar'];
    const started = async (): Promise<string> =>
      (await ssh(izar, izar.address, 'cut -d" " -f22 /proc/1/stat; ls /proc | grep -c "^[0-9]"')).out.split('\n')[0] ?? '';
    const first = await started();
    expect(first).toMatch(/^\d+$/);
    await ssh(izar, izar.address, 'setsid sleep 300 </dev/null >/dev/null 2>&1 &');
    await site.reboot('drone-izar');
    const second = await started();
    expect(Number(second)).toBeGreaterThan(Number(first));
    expect((await ssh(izar, izar.address, 'pgrep -c sleep')).out).toBe('0\n');
    expect((await ssh(izar, izar.address, 'reboot; echo ordered')).out).toBe('ordered\n');
    for (let third = second; third === second || third === ''; ) third = await started();
  });
});
