import { expect, test } from 'vitest';
import type { Fingerprint } from '../../../src/builds/target/fingerprint.ts';
import { selectFittingDrones } from '../../../src/builds/target/fitting-drones.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget, type TargetRequirements } from '../../../src/core/inventory/target.ts';
import { fingerprint } from '../../modules/module-cases.ts';

const NOW = 1_800_000_000;
const drone = (host: string, changed: Partial<Fingerprint> = {}) => ({
  host: host as HostName,
  fingerprint: { ...fingerprint, time: NOW, ...changed } as Fingerprint,
});
const select = (drones: readonly ReturnType<typeof drone>[], requires: Partial<TargetRequirements> = {}) => {
  const target = { ...defaultTarget({ path: '/b' }), requires: { cpuFlags: [], repositories: {}, ...requires } };
  const { fitting, unfit } = selectFittingDrones(target, drones, NOW);
  return { fitting: fitting.map(({ host }) => host), unfit };
};
const tree = (revision: string, time: number, eclasses = 'e1') => ({ repositories: { gentoo: { revision, time, eclasses } } });

test('drones that are alike all fit, whatever their memory and load', () => {
  expect(select([drone('d1'), drone('d2', { load: 9, memory: 1, portage: '3.0.66' })])).toEqual({ fitting: ['d1', 'd2'], unfit: [] });
});

test.each([
  ['flags', { settings: { ...fingerprint.settings, CFLAGS: '-O3' } }, 'its CFLAGS is "-O3", that of the others "-O2 -pipe"'],
  ['USE', { settings: { ...fingerprint.settings, USE: 'amd64 gui' } }, 'its USE differs: +gui'],
  ['a setting that the others lack', { settings: { ...fingerprint.settings, CC: 'clang' } }, 'its CC is "clang", that of the others ""'],
  ['package.use', { files: { 'package.use': ['a/b gui'] } }, 'its package.use has "a/b gui"'],
  ['a newer libc', { toolchain: { glibc: '2.41', gcc: '14' } }, 'its glibc is 2.41, that of the others 2.40'],
  ['another compiler', { toolchain: { glibc: '2.40', gcc: '15' } }, 'its gcc is 15, that of the others 14'],
  [
    'another libc',
    { toolchain: { gcc: '14' } },
    'its glibc is missing, that of the others 2.40',
    'Name drones with the same libc in the target.',
  ],
  ['no gcc', { toolchain: { glibc: '2.40' } }, 'its gcc is missing, that of the others 14', 'Install sys-devel/gcc on the host.'],
  ['profile', { profile: 'gentoo:other' }, 'its profile is gentoo:other, that of the others gentoo:base'],
  ['an older tree', tree('beef', 1_700_000_000 - 3 * 86_400), 'tree of gentoo is 3 days older'],
  [
    'an eclass that was changed by hand',
    tree('c0ffee', 1_700_000_000, 'e2'),
    'the eclasses of gentoo differ from those of the others, at the same revision',
  ],
  ['a missing repository', { repositories: {} }, 'it lacks the repository gentoo'],
  ['a problem of its own', { problems: [{ because: 'no profile: x', fix: 'Set one.' }] }, 'no profile: x'],
  ['a clock that is wrong', { time: NOW - 7200 }, 'its clock is 2 hours behind'],
  ['a full disk', { disk: { '/var/tmp': 1024 * 1024 } }, '/var/tmp has 1 MiB free'],
])('%s: the drone that differs from the others is unfit, with the reason and what to do', (_, changed, because, fix?: string) => {
  const { fitting, unfit } = select([drone('d1', changed), drone('d2'), drone('d3')]);
  expect(fitting).toEqual(['d2', 'd3']);
  expect(unfit).toMatchObject([{ host: 'd1', target: 'default', because, fix: fix ?? expect.stringMatching(/^[A-Z].*\S$/) }]);
});

test('of two drones that differ, the one with the newer tree decides', () => {
  expect(select([drone('d1', tree('old', 1000)), drone('d2', tree('new', 2000))]).fitting).toEqual(['d2']);
});

test('of two drones, the one with the older toolchain decides: what it builds runs on both', () => {
  const newer = drone('d1', { toolchain: { glibc: '2.41', gcc: '14' } });
  const { fitting, unfit } = select([newer, drone('d2', { toolchain: { glibc: '2.9', gcc: '14' } })]);
  const fix = 'Update sys-libs/glibc on the others: what this one builds may not run on a host with the older one.';
  expect([fitting, unfit]).toEqual([
    ['d2'],
    [{ host: 'd1', target: 'default', because: 'its glibc is 2.41, that of the others 2.9', fix }],
  ]);
});

test('of two drones, one whose gcc is not known does not decide', () => {
  expect(select([drone('d1', { toolchain: { glibc: '2.40' } }), drone('d2')]).fitting).toEqual(['d2']);
});

test('of two drones that differ, one that lacks a repository does not decide, wherever it stands', () => {
  const { fitting, unfit } = select([drone('d1', { repositories: {} }), drone('d2')]);
  expect([fitting, unfit]).toEqual([['d2'], [expect.objectContaining({ host: 'd1', because: 'it lacks the repository gentoo' })]]);
  const overlay = { ...tree('c0ffee', 1_700_000_000).repositories, rig: { revision: '1', time: 1, eclasses: '' } };
  const newer = drone('d1', tree('c0ffee', 1_700_000_001)); // fetched later
  expect(select([newer, drone('d2', { repositories: overlay })])).toEqual({
    fitting: ['d2'],
    unfit: [expect.objectContaining({ host: 'd1', because: 'it lacks the repository rig' })],
  });
});

test.each([
  [{ arch: 'arm64' }, 'ARCH is amd64, default needs arm64'],
  [{ chost: 'aarch64-unknown-linux-gnu' }, 'CHOST is x86_64-pc-linux-gnu, default needs aarch64-unknown-linux-gnu'],
  [{ cpuFlags: ['avx2', 'avx512f'] }, 'its processor lacks avx512f'],
  [{ repositories: { gentoo: 'f00d' } }, 'repository gentoo is at c0ffee, default needs f00d'],
])('%j of the target: nobody fits', (requires, because) => {
  expect(select([drone('d1')], requires)).toEqual({ fitting: [], unfit: [expect.objectContaining({ host: 'd1', because })] });
});

test('with -march=native, drones with other processors do not build for one target', () => {
  const settings = { ...fingerprint.settings, CFLAGS: '-O2 -march=native' };
  const { fitting, unfit } = select([drone('d1', { settings }), drone('d2', { settings }), drone('d3', { settings, cpuFlags: ['sse2'] })]);
  expect([fitting, unfit[0]?.because]).toEqual([['d1', 'd2'], '-march=native means another processor there']);
});
