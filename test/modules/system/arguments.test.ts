import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import authorizedKey from '../../../modules/accounts/authorized_key.ts';
import knownHosts from '../../../modules/network/known_hosts.ts';
import service from '../../../modules/services/service.ts';
import mount from '../../../modules/system/mount.ts';
import sysctl from '../../../modules/system/sysctl.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { withPrograms } from '../cases/case.ts';
import { driveModule, type LocalHost } from '../local-host.ts';
import { HOST_TOOLS, hostWithTools } from '../shells.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ7qG1pZ8mAqYcE3kq3xw1o8vY1b2v7d2mQm1yq7rGdT';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-system-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function run(module: AnyModule, host: LocalHost, args: Readonly<Record<string, unknown>>, check = false) {
  const { changes } = await driveModule(module.run(host, module.args.parse(args)), host, check);
  return changes.map(({ verb, subject }) => `${verb} ${subject.replace(dir, '')}`);
}

describe.each(HOST_TOOLS)('with the tools of %s', (tools) => {
  test('authorized_key writes options and comment, and leaves a folder that it does not manage', async () => {
    const user = process.getuid?.() === 0 ? 'root' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
    const path = join(dir, 'ssh/keys');
    const host = hostWithTools(dir, tools);
    const args = { user, path, key: `no-pty ${KEY} old comment`, comment: 'new one', key_options: 'from="192.0.2.1 x",no-X11-forwarding' };
    await expect(run(authorizedKey, host, { ...args, manage_dir: false })).rejects.toThrow(/ssh/);
    expect(existsSync(join(dir, 'ssh'))).toBe(false);
    await run(authorizedKey, host, args);
    expect(readFileSync(path, 'utf8')).toBe(`from="192.0.2.1 x",no-X11-forwarding ${KEY} new one\n`);
    expect(await run(authorizedKey, host, args)).toEqual([]);
    await run(authorizedKey, host, { user, path, key: KEY, comment: 'c' });
    expect(readFileSync(path, 'utf8')).toBe(`${KEY} c\n`);
  });

  test('known_hosts writes and finds a name that is hashed, as ssh-keygen does', async () => {
    const path = join(dir, 'known');
    const host = hostWithTools(dir, tools);
    const args = { name: 'git.example.org', key: KEY, path };
    await run(knownHosts, host, { ...args, hash_host: true });
    expect(readFileSync(path, 'utf8')).toMatch(/^\|1\|\S+=\|\S+= ssh-ed25519 /);
    expect(execFileSync('ssh-keygen', ['-F', args.name, '-f', path], { encoding: 'utf8' })).toContain(KEY);
    expect(await run(knownHosts, host, { ...args, hash_host: true })).toEqual([]);
    expect(await run(knownHosts, host, args)).toEqual([]);
    writeFileSync(path, `${args.name} ${KEY}\n`);
    expect(await run(knownHosts, host, { ...args, hash_host: true })).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).not.toContain(args.name);
    await run(knownHosts, host, { name: args.name, path, state: 'absent' });
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('mount without boot has noauto in fstab, and backup keeps the old file', async () => {
    const fstab = join(dir, 'fstab');
    writeFileSync(fstab, '# old\n');
    const args = { path: join(dir, 'at'), src: 'tmpfs', fstype: 'tmpfs', state: 'present', fstab, boot: false, backup: true };
    expect(await run(mount, hostWithTools(dir, tools), args)).toEqual(['update /fstab']);
    expect(readFileSync(fstab, 'utf8')).toBe(`# old\ntmpfs ${args.path} tmpfs defaults,noauto 0 0\n`);
    expect(readdirSync(dir).filter((name) => name.startsWith('fstab.'))).toHaveLength(1);
    expect(await run(mount, hostWithTools(dir, tools), args)).toEqual([]);
  });
});

test('sysctl loads the file that it changed, and passes over what the kernel does not have', async () => {
  const host = await withPrograms(dir, {
    sysctl: `case $* in '-n vm.there') cat "$STATE/there" ;; -n*) exit 1 ;; *) echo "$*" >>"$STATE/ran" ;; esac`,
  });
  writeFileSync(join(dir, 'state/there'), '1\n');
  const sysctl_file = join(dir, 'etc/a.conf');
  const args = { name: 'vm.there', value: 1, sysctl_file, reload: true, ignoreerrors: true };
  expect(await run(sysctl, host, args)).toContain('run sysctl -p /etc/a.conf');
  expect(await run(sysctl, host, args)).toEqual([]);
  expect(readFileSync(join(dir, 'state/ran'), 'utf8')).toBe(`-e -q -p ${sysctl_file}\n`);
  expect(await run(sysctl, host, { ...args, name: 'vm.gone' })).toEqual(['update /etc/a.conf', 'run sysctl -p /etc/a.conf']);
  await expect(run(sysctl, host, { ...args, name: 'vm.gone', ignoreerrors: false })).rejects.toThrow('vm.gone');
});

describe('service', () => {
  const programs = {
    systemctl: `echo "systemctl $*" >>"$STATE/ran"; case $* in *show*) printf 'LoadState=loaded\\nActiveState=active\\nUnitFileState=disabled\\n' ;; esac`,
    'rc-service': `echo "rc-service $*" >>"$STATE/ran"; case $* in *status) exit 3 ;; esac`,
    'rc-update': ':',
    sleep: 'echo "sleep $*" >>"$STATE/ran"',
  };
  const commands = async (init: 'systemd' | 'openrc', args: Readonly<Record<string, unknown>>) => {
    const host = await withPrograms(dir, programs, { facts: { init } });
    rmSync(join(dir, 'state/ran'), { force: true });
    await run(service, host, { name: 'web', ...args });
    const lines = readFileSync(join(dir, 'state/ran'), 'utf8').trim().split('\n');
    return lines.filter((line) => !/ (?:show|status|-e) ?/.test(line));
  };

  test.each([
    [{ state: 'restarted', no_block: true }, ['systemctl --no-block restart -- web']],
    [{ state: 'restarted', sleep: 3 }, ['systemctl stop -- web', 'sleep 3', 'systemctl start -- web']],
    [{ daemon_reexec: true, daemon_reload: true }, ['systemctl daemon-reexec', 'systemctl daemon-reload']],
    [
      { scope: 'user', enabled: true, state: 'restarted', daemon_reload: true },
      ['systemctl --user daemon-reload', 'systemctl --user enable -- web', 'systemctl --user restart -- web'],
    ],
  ])('systemd: %j', async (args, expected) => {
    expect(await commands('systemd', args)).toEqual(expected);
  });

  test('OpenRC gets the arguments', async () => {
    expect(await commands('openrc', { state: 'started', arguments: '--nodeps "a b"' })).toEqual(['rc-service web start --nodeps a b']);
    await expect(commands('openrc', { state: 'started', scope: 'user' })).rejects.toMatchObject({ code: 'SW6011' });
  });

  test('a process whose command line has the pattern counts as the service', async () => {
    mkdirSync(join(dir, 'state'), { recursive: true });
    const child = spawn('sleep', ['987.25'], { stdio: 'ignore' });
    const host = await withPrograms(dir, programs, { facts: { init: 'openrc' } });
    expect(await run(service, host, { name: 'web', state: 'started', pattern: 'sleep\u0000987.25'.replace('\u0000', ' ') })).toEqual([]);
    child.kill();
    expect(await run(service, host, { name: 'web', state: 'started', pattern: 'no such process at all' })).toEqual(['update service web']);
  });
});
