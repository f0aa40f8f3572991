import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FACT_TABLE } from '../../../src/core/facts/fact-table.ts';
import { parseFacts } from '../../../src/remote/facts/parse-facts.ts';
import { makeFolder } from '../../setup/project-folder.ts';

const program = resolve(import.meta.dirname, '../../../src/remote/facts/facts.sh');

/** A Gentoo in a virtual machine, with the programs that answer for it. */
const GENTOO: Readonly<Record<string, string>> = {
  'root/etc/os-release': 'NAME=Gentoo\nID=gentoo\nPRETTY_NAME="Gentoo Linux"\nVERSION_ID="2.17"\n',
  'root/etc/portage/repos.conf/local.conf': '[DEFAULT]\nmain-repo = gentoo\n[mine]\nlocation = /var/db/repos/my own\n',
  'root/usr/share/portage/config/repos.conf': '[gentoo]\nlocation = /var/db/repos/gentoo\n',
  'root/proc/uptime': '93784.12 1.00\n',
  'root/proc/loadavg': '1.25 1.00 0.50 1/200 4711\n',
  'root/proc/cpuinfo': 'processor : 0\nmodel name\t: EPYC 7 (tm)\nflags : fpu hypervisor\n',
  'root/proc/meminfo': 'MemTotal: 8000 kB\nMemAvailable:   4000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
  'root/proc/self/mounts': '/dev/vda1 / ext4 rw,noatime 0 0\nproc /proc proc rw 0 0\nnas:/pool /mnt/my\\040data nfs4 ro 0 0\n',
  'root/sys/class/dmi/id/sys_vendor': 'QEMU\n',
  'root/sys/class/dmi/id/product_name': 'Standard PC\n',
  'root/sys/class/net/eth0/address': '52:54:00:00:00:01\n',
  'root/sys/class/net/eth0/operstate': 'up\n',
  'bin/df':
    '#!/bin/sh\necho "Filesystem 1024-blocks Used Available Capacity Mounted on"\necho "/dev/vda1 9000000000 1 8000000000 1% /"\necho "nas:/pool 100 50 50 50% /mnt/my data"\n',
  'bin/hostname': '#!/bin/sh\necho drone.example.org\n',
  'bin/ip':
    '#!/bin/sh\ncase "$*" in *-4*) echo "192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.7 uid 0" ;; *-6*) exit 2 ;; *) echo "1: lo    inet 127.0.0.1/8 scope host lo"; echo "2: eth0    inet 10.0.0.7/24 brd x"; echo "2: eth0    inet6 fe80::1/64 scope link" ;; esac\n',
  'bin/emerge': '#!/bin/sh\n',
  'bin/portageq':
    '#!/bin/sh\nprintf \'USE="-* X wayland"\\nACCEPT_KEYWORDS="amd64 ~amd64"\\nACCEPT_LICENSE="*"\\nMAKEOPTS="-j8 -l8"\\nCHOST="x86_64-pc-linux-gnu"\\n\'\n',
};

/** The path of the programs that a system with this shell has: all of busybox, or those of this machine. */
function pathOf(shell: string, bin: string): string {
  if (shell !== 'busybox sh') return `${bin}:${process.env['PATH']}`;
  const applets = join(bin, '../applets');
  mkdirSync(applets);
  const names = [
    'awk',
    'cat',
    'cut',
    'grep',
    'head',
    'printf',
    'readlink',
    'sed',
    'timeout',
    'tr',
    'uname',
    'ls',
    'df',
    'ifconfig',
    'hostname',
  ];
  for (const name of [...names, 'sh']) symlinkSync('/bin/busybox', join(applets, name));
  return `${bin}:${applets}`;
}

function runProgram(shell: string, files: Readonly<Record<string, string>>) {
  const dir = makeFolder(files);
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of Object.keys(files).filter((each) => each.startsWith('bin/'))) chmodSync(join(dir, name), 0o755);
  if (files['root/etc/os-release'] !== undefined)
    symlinkSync('../../var/db/repos/gentoo/profiles/default/linux/amd64/23.0', join(dir, 'root/etc/portage/make.profile'));
  const [command = '', ...words] = shell.split(' ');
  const found = `${command === 'busybox' ? '/bin/busybox' : `/bin/${command}`}`;
  return execFileSync(found, [...words, program, join(dir, 'root')], { encoding: 'utf8', env: { PATH: pathOf(shell, bin) } });
}

test.each(['dash', 'bash', 'busybox sh'])('%s prints every fact of a Gentoo', (shell) => {
  if (shell.startsWith('busybox')) expect(existsSync('/bin/busybox')).toBe(true);
  expect(parseFacts(runProgram(shell, GENTOO))).toEqual({
    fqdn: 'drone.example.org',
    package_manager: 'emerge',
    virtualization: 'qemu',
    cpu: 'EPYC 7 (tm)',
    product: 'Standard PC',
    path: expect.stringContaining('/bin'),
    uptime: 93784,
    load: 1.25,
    memory_available: 4096000,
    swap: 0,
    swap_free: 0,
    address: '10.0.0.7',
    addresses: ['10.0.0.7'],
    interfaces: [{ name: 'eth0', mac: '52:54:00:00:00:01', state: 'up', addresses: ['10.0.0.7', 'fe80::1'] }],
    mounts: [
      { path: '/', device: '/dev/vda1', type: 'ext4', options: ['rw', 'noatime'], size: 9216000000000, available: 8192000000000 },
      { path: '/mnt/my data', device: 'nas:/pool', type: 'nfs4', options: ['ro'], size: 102400, available: 51200 },
    ],
    portage: {
      profile: 'default/linux/amd64/23.0',
      use: ['-*', 'X', 'wayland'],
      accept_keywords: ['amd64', '~amd64'],
      accept_license: ['*'],
      makeopts: '-j8 -l8',
      chost: 'x86_64-pc-linux-gnu',
      repositories: [
        { name: 'gentoo', path: '/var/db/repos/gentoo' },
        { name: 'mine', path: '/var/db/repos/my own' },
      ],
    },
  });
});

test.each(['dash', 'bash', 'busybox sh'])('%s leaves out what a host hides', (shell) => {
  const facts = parseFacts(runProgram(shell, { 'root/empty': '' }));
  const hidden = ['uptime', 'cpu', 'swap', 'mounts', 'interfaces', 'virtualization', 'portage', 'product', 'selinux'];
  expect(hidden.filter((name) => name in facts)).toEqual([]);
});

test('a file without an end keeps nobody waiting', () => {
  const dir = makeFolder({ 'root/run/systemd/container': '', 'root/etc/portage/repos.conf': '' });
  for (const file of ['run/systemd/container', 'etc/portage/repos.conf']) truncateSync(join(dir, 'root', file), 2 ** 40);
  const text = execFileSync('/bin/sh', [program, join(dir, 'root')], { encoding: 'utf8', timeout: 20_000 });
  expect(parseFacts(text)).toHaveProperty('fqdn');
});

test.each([
  ['root/sys/fs/selinux/enforce', '1', 'enforcing'],
  ['root/sys/fs/selinux/enforce', '0', 'permissive'],
  ['root/sys/fs/cgroup/x', '', 'disabled'],
])('%s with "%s" says that SELinux is %s', (file, text, selinux) => {
  expect(parseFacts(runProgram('dash', { [file]: text }))).toMatchObject({ selinux });
});

test('a host that prints anything else gives no fact: other names, control characters, words for numbers, long lines', () => {
  const text = `uptime=soon\nfqdn=a\u001b[31mb\ncores=99\n__proto__=x\nportage.profile=p\nload=1\nproduct=${'x'.repeat(5000)}\nno line\n`;
  expect(parseFacts(text)).toEqual({ load: 1, portage: { profile: 'p' } });
});

test('this machine gives only facts of the table', () => {
  const text = execFileSync('/bin/sh', [program], { encoding: 'utf8' });
  const names = text.split('\n').flatMap((line) => (line === '' ? [] : [line.split('=')[0] ?? '']));
  expect([...new Set(names)].filter((name) => FACT_TABLE[name]?.isProbed !== true)).toEqual([]);
});
