import { expect, test } from 'vitest';
import type { Fingerprint } from '../../../src/builds/target/fingerprint.ts';
import type { Connection } from '../../../src/core/connection.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import type { Inventory } from '../../../src/core/inventory/inventory.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import { clientFindings } from '../../../src/fleet/health/examine-clients.ts';
import { askForTargets, judgeTargets, type TargetAnswer, targetFindings } from '../../../src/fleet/health/examine-targets.ts';
import { type HealthFinding, makeFinding } from '../../../src/fleet/health/health-finding.ts';
import { fingerprint } from '../../modules/module-cases.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const answer = (host: string, change: Partial<Fingerprint> = {}): TargetAnswer => ({
  target: 'default',
  drone: { host: host as HostName, fingerprint: { ...fingerprint, time: now / 1000, ...change } },
});
const target = defaultTarget({ path: '/srv' });

test('each drone that differs is a finding with the reason and the fix, and is remembered as unfit', () => {
  const other = { gentoo: { revision: 'beef', time: 1_700_000_000 - 3 * 86_400, eclasses: 'e1' } };
  const broken = { host: 'd4', target: 'default', because: 'python3 cannot load Portage', fix: 'Repair python3.' };
  const judged = judgeTargets(
    [target],
    [answer('d1'), answer('d2'), answer('d3', { repositories: other }), { target: 'default', unfit: broken }],
    now,
  );
  expect(judged).toMatchObject({
    default: { at: '2026-12-01T12:00:00.000Z', fitting: ['d1', 'd2'], unfit: [{ drone: 'd4' }, { drone: 'd3' }] },
  });
  expect(targetFindings(judged)).toEqual([
    {
      ...{ name: 'd4', status: 'bad', about: 'target' },
      ...{ message: 'unfit for target default: python3 cannot load Portage', hint: 'Repair python3.' },
    },
    {
      ...{ name: 'd3', status: 'bad', about: 'target' },
      ...{ message: 'unfit for target default: tree of gentoo is 3 days older', hint: 'Run: swarm run sync -l d3' },
    },
  ]);
});

test('a reason that a finding of the host has is not told again, once for each target', () => {
  const broken = { host: 'd4', target: 'default', because: 'python3 cannot load Portage', fix: 'Repair python3.', about: 'tool' as const };
  const late = answer('d3', { time: now / 1000 - 3600 });
  const judged = judgeTargets([target], [answer('d1'), late, { target: 'default', unfit: broken }], now);
  const found = (name: string, about: HealthFinding['about']): HealthFinding => makeFinding({ name }, 'bad', about, 'found on the host');
  const namesWhen = (...told: HealthFinding[]): readonly string[] => targetFindings(judged, told).map(({ name }) => name);
  expect(namesWhen()).toEqual(['d4', 'd3']);
  expect(namesWhen(found('d4', 'tool'))).toEqual(['d3']);
  expect(namesWhen(found('d4', 'tool'), found('d3', 'clock'))).toEqual([]);
  expect(namesWhen(found('d3', 'tool'), found('d4', 'route'))).toEqual(['d4', 'd3']);
});

test.each([
  ['OSError: [Errno 28] No space left on device', 1, 'disk'],
  ["ModuleNotFoundError: No module named 'portage'", 1, 'tool'],
  ['make.conf cannot be read: line 3\nCorrect it.', 3, undefined], // no other finding of the host has this reason
])('what cannot be asked with "%s" is about %s', async (stderr, exit, about) => {
  const exec = async () => ({ exit, stdout: '', stderr, ms: 0 });
  const connection = { withBecome: () => ({ exec }) } as unknown as Connection;
  const d1 = { name: 'd1', login: {} } as unknown as Host;
  const inventory = { targets: [{ ...target, hosts: ['d1'] }] } as unknown as Inventory;
  const answers = await askForTargets(connection, d1, inventory, new AbortController().signal);
  expect(answers.map((each) => ('unfit' in each ? each.unfit.about : 'fits'))).toEqual([about]);
});

test('a client with an older gcc or glibc than its drones is a finding; one with a newer, and one of another target, is not', () => {
  const toolchain = { glibc: '2.41', gcc: '15' };
  const answers = [answer('d1', { toolchain }), answer('d2', { toolchain })];
  const clients = [
    { client: 'c1', toolchain: { glibc: '2.9', gcc: '14' }, cpuFlags: [] },
    { client: 'c2', toolchain: { glibc: '2.42', gcc: '15' }, cpuFlags: ['avx2'] },
    { client: 'c3', toolchain: { gcc: '9' }, cpuFlags: [] },
    { client: 'c4', toolchain: {}, cpuFlags: [] },
  ];
  const desktop = { ...target, clients: ['c1', 'c2', 'c4'] as HostName[] };
  const found = clientFindings([desktop], { answers, clients }, now);
  expect(found.map(({ name, status, hint }) => [name, status, hint])).toEqual([
    ['c1', 'warn', 'Update sys-libs/glibc on it.'],
    ['c1', 'warn', 'Update sys-devel/gcc on it.'],
  ]);
  expect(found[1]?.message).toContain('its gcc is 14, and the drones of target default compile with 15');
  expect(clientFindings([desktop], { answers: [], clients }, now)).toEqual([]);
});

test('a client whose processor lacks what its target is built for is a finding', () => {
  const settings = { ...fingerprint.settings, CFLAGS: '-O2 -march=x86-64-v2' };
  const cpuFlags = ['cx16', 'lahf_lm', 'pni', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'];
  const clients = [
    { client: 'c1', toolchain: {}, cpuFlags },
    { client: 'c2', toolchain: {}, cpuFlags: cpuFlags.slice(1) },
  ];
  const found = clientFindings(
    [{ ...target, clients: ['c1', 'c2'] as HostName[] }],
    { answers: [answer('d1', { settings })], clients },
    now,
  );
  expect(found).toMatchObject([
    { name: 'c2', status: 'bad', message: expect.stringContaining('its processor lacks cx16, and target default') },
  ]);
});

test('a target of which no drone answered is left out', () => {
  expect(judgeTargets([target], [], now)).toEqual({});
});
