import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashMachineId } from '../../../src/core/inventory/host-identity.ts';
import { buildProbeScript, readProbe } from '../../../src/remote/identity/probe.ts';
import { quoteWord } from '../../../src/remote/session/shell-text.ts';
import { cases } from '../../setup/cases.ts';
import { posixShells, runInShell } from '../session/posix-shells.ts';

const NONCE = '0123456789abcdef0123456789abcdef';
const GOOD = [
  NONCE,
  'pid=4242',
  'boot=5aca0eae-288a-4dca-889b-786da9cbb0b7',
  'init=1 (a) b (c) S 0 1 1 0 -1 4194560 43753 371815 0 149 131 428 448 391 20 0 1 0 77 53784576 5284 18446744073709551615 1 1',
  'system=openrc',
  'host=drone-tarn',
  'kernel=6.6.1-gentoo',
  'arch=x86_64',
  'cores=0-7,16-17',
  'online=0-3,16-20',
  'memory=MemTotal:       24684084 kB',
  `machine=${'a'.repeat(32)}`,
  'release=ID="gentoo"',
  'user=root',
  'home=/root',
  '',
].join('\n');

describe.each(posixShells.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, shell) => {
  test('the fixed text tells the truth about this machine', () => {
    const { pid, bootId, machineId, facts, initStart } = readProbe(runInShell(shell, `${buildProbeScript(NONCE)}\n`).out.toString(), NONCE);
    expect(pid).toBeGreaterThan(1);
    expect(bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(machineId).toBe(hashMachineId(readFileSync('/etc/machine-id', 'utf8')));
    expect(facts.arch).toBe(spawnSync('uname', ['-m']).stdout.toString().trim());
    expect(facts.cores).toBe(availableParallelism());
    expect(facts.memory).toBe(Number(/\d+/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[0]) * 1024);
    expect(facts.home).toBe(process.env['HOME']);
    const release = existsSync('/etc/debian_version') ? readFileSync('/etc/debian_version', 'utf8').trim() : '';
    if (facts.distribution === 'debian' && /^\d+\.\d/.test(release)) expect(facts.distribution_version).toBe(release);
    expect(initStart).toBe(
      readFileSync('/proc/1/stat', 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19],
    );
  });
});

test('any login shell can hand the text on: one word in single quotes, no newline', () => {
  expect(quoteWord(buildProbeScript(NONCE))).toBe(`'${buildProbeScript(NONCE)}'`);
  expect(buildProbeScript(NONCE)).not.toMatch(/[\n\\!']/);
});

test('what is printed before it is passed over; facts are read as they stand', () => {
  const result = readProbe(`Welcome!\n${NONCE} is not it\n${GOOD}`, NONCE);
  expect(result).toMatchObject({
    pid: 4242,
    initStart: '77',
    facts: { cores: 6, memory: 24684084 * 1024, distribution: 'gentoo', init: 'openrc', hostname: 'drone-tarn' },
  });
});

test('processors are counted at once, however many ranges a host names', () => {
  const cores = (list: string, online = '') =>
    readProbe(GOOD.replace('0-7,16-17', list).replace('online=0-3,16-20', `online=${online}`), NONCE).facts.cores;
  const started = process.cpuUsage();
  expect(cores(`${'0-99999,'.repeat(1500)}1`)).toBe(65_536);
  expect(cores('0-3', `0-${'9'.repeat(1000)}`)).toBe(4);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  expect([cores('5-2,7'), cores('70000'), cores('0-1,1-2')]).toEqual([2, 1, 3]);
});

test('a file of facts that is a pipe or a folder is passed over, not waited for', () => {
  const dir = mkdtempSync(join(tmpdir(), 'swarm-probe-'));
  spawnSync('mkfifo', [join(dir, 'pipe')]);
  try {
    for (const odd of [join(dir, 'pipe'), dir])
      for (const file of ['/etc/os-release', '/etc/machine-id', '/proc/meminfo', '/proc/sys/kernel/random/boot_id']) {
        const text = buildProbeScript(NONCE).replaceAll(file, odd);
        const { status, stdout } = spawnSync('sh', ['-c', text], { timeout: 5000, encoding: 'latin1' });
        expect([file, status]).toEqual([file, 0]);
        expect(readProbe(stdout, NONCE).pid).toBeGreaterThan(0);
      }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

describe.each(posixShells.map((shell) => [shell.join(' '), shell] as const))('in %s', (_, [program, ...options]) => {
  test.each([
    ['/etc/os-release', 'distribution'],
    ['/etc/machine-id', 'machineId'],
    ['/proc/meminfo', 'memory'],
  ] as const)('a file %s without an end is read for a second, and costs no more than what is read behind it', (file, absent) => {
    const dir = mkdtempSync(join(tmpdir(), 'swarm-probe-'));
    try {
      const endless = join(dir, 'endless');
      writeFileSync(endless, '');
      truncateSync(endless, 2 ** 40);
      const text = buildProbeScript(NONCE).replaceAll(file, endless);
      const { status, stdout } = spawnSync(program, [...options, '-c', text], { timeout: 60_000, encoding: 'latin1' });
      expect(status).toBe(0);
      const { pid, bootId, facts, ...rest } = readProbe(stdout, NONCE);
      expect([pid > 0, bootId]).toEqual([true, readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()]);
      expect({ ...facts, ...rest }).not.toHaveProperty(absent);
      expect(facts).toMatchObject({ kernel: expect.any(String), cores: availableParallelism(), home: process.env['HOME'] });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

test('the machine-id is told as a keyed hash; one that is not set up is none', () => {
  expect(readProbe(GOOD, NONCE).machineId).toBe(hashMachineId('a'.repeat(32)));
  expect(readProbe(GOOD, NONCE).machineId).not.toContain('aaaa');
  expect(readProbe(GOOD.replace('a'.repeat(32), '\xe9\x01 binary'), NONCE).machineId).toBeUndefined();
  for (const raw of ['', 'uninitialized', 'A'.repeat(32), 'a'.repeat(31)]) {
    expect(readProbe(GOOD.replace('a'.repeat(32), raw), NONCE).machineId).toBeUndefined();
  }
});

test('a proof in any other form is refused: a line less, changed, in another place, too long, or for another nonce', () => {
  const lines = GOOD.split('\n');
  const forms = [
    ...[0, 1, 2].map((index) => lines.toSpliced(index, 1).join('\n')),
    lines.toSpliced(1, 0, lines[1] ?? '').join('\n'),
    GOOD.replace('boot=', 'boot=x'),
    GOOD.replace('pid=4242', 'pid=0'),
    GOOD.replace('home=/root', `home=/${'r'.repeat(20_000)}`),
    GOOD.replace(NONCE, 'f'.repeat(32)),
    '',
  ];
  for (const form of forms) expect(() => readProbe(form, NONCE), form).toThrow(expect.objectContaining({ code: 'SW2006' }));
});

test.each([
  ['init', 'init=', undefined],
  ['init', 'init=1 (a) b) c) S 0', undefined],
  ['host', 'host=drone\u001b[2J', 'hostname'],
  ['host', 'host=', 'hostname'],
  ['kernel', 'kernel=', 'kernel'],
  ['arch', 'arch=$(reboot)', 'arch'],
  ['cores', 'cores=', 'cores'],
  ['memory', 'memory=HighTotal: 3 kB', 'memory'],
  ['release', 'release=ID=My Linux', 'distribution'],
  ['user', 'user=two\nlines', undefined],
  ['home', 'home=relative', 'home'],
  ['home', 'home=/two\nlines=', undefined],
] as const)('the host proves itself though its %s is in an odd form: %j', (key, line, fact) => {
  const text = GOOD.replace(new RegExp(`^${key}=.*$`, 'm'), line);
  const { pid, machineId, facts } = readProbe(text, NONCE);
  expect([pid, machineId]).toEqual([4242, hashMachineId('a'.repeat(32))]);
  if (fact !== undefined) expect(facts).not.toHaveProperty(fact);
  const others = Object.keys(readProbe(GOOD, NONCE).facts).filter(
    (name) => name !== fact && !(fact === 'distribution' && /^(?:distribution|os)_/.test(name)),
  );
  expect(Object.keys(facts)).toEqual(expect.arrayContaining(others));
});

test('the name of a system may be a word that every object of JavaScript has', () => {
  const { facts } = readProbe(GOOD.replace(/^release=.*$/m, 'release=ID=constructor'), NONCE);
  expect(facts).toMatchObject({ distribution_name: 'Constructor', os_family: 'Constructor' });
});

test.each(GOOD.split('\n').slice(4, -1))('without the line %s the host proves itself all the same', (line) => {
  expect(readProbe(GOOD.replace(`${line}\n`, ''), NONCE).pid).toBe(4242);
});

test('a home and a user in UTF-8 are read as they are', () => {
  const text = Buffer.from(GOOD.replace('home=/root', 'home=/home/jürgen').replace('user=root', 'user=jürgen')).toString('latin1');
  expect(readProbe(text, NONCE).facts).toMatchObject({ home: '/home/jürgen', user: 'jürgen' });
});

test('garbage is refused with the same error, never another', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.nat(GOOD.length), fc.nat(40), (junk, at, cut) => {
      const text = GOOD.slice(0, at) + junk + GOOD.slice(at + cut);
      try {
        expect(readProbe(text, NONCE).bootId).toMatch(/^(?:[0-9a-f-]{36})?$/);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SW2006' });
      }
    }),
    { numRuns: cases(1000) },
  );
});
