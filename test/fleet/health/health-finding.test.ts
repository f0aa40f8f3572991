import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import type { Host } from '../../../src/core/inventory/host.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';
import { healingFindings, inventoryFindings, treeFindings } from '../../../src/fleet/health/fleet-findings.ts';
import { type HealthFinding, healthExitCode } from '../../../src/fleet/health/health-finding.ts';
import { parseCheckup } from '../../../src/fleet/health/host-checkup.ts';
import { hostFindings, sshdFindings } from '../../../src/fleet/health/host-findings.ts';
import { routeFindings } from '../../../src/fleet/health/route-findings.ts';
import { summarizeRouteReports } from '../../../src/fleet/health/route-summary.ts';
import type { RouteReport } from '../../../src/remote/connect/connect-options.ts';

const host = (name: string): Host => ({
  name: name as HostName,
  groups: ['drones'],
  routes: [{ kind: 'local', address: '10.0.0.1', port: 22 }],
  login: { user: 'root', keys: [] },
  protected: false,
  vars: {},
});

describe('what a host shows of itself', () => {
  test('is read row by row; whatever else it prints counts for nothing', () => {
    const text = [
      'Welcome!',
      'clock\t1000600',
      'service\tsshd\t1\t1\t0',
      'disk\t/\t/\t91',
      'disk\t/tmp\t/\t91',
      'lacks\temerge',
      'lacks\tflock',
      'tree\t8a1f03c',
      '\u001b[31mclock\t7',
    ].join('\n');
    expect(parseCheckup(text, 1_000_000, false)).toEqual({
      clockSkew: 600,
      disks: [{ path: '/', mount: '/', used: 91 }],
      services: [{ name: 'sshd', known: true, running: true, enabled: false }],
      tools: ['flock'],
      tree: '8a1f03c',
    });
    expect(parseCheckup(text, 1_000_000, true).tools).toEqual(['emerge', 'flock']);
  });

  test('a disk counts from above 90 %, a clock from a minute, either way', () => {
    const look = (used: number, clockSkew: number) =>
      hostFindings(host('d1'), { clockSkew, disks: [{ path: '/', mount: '/', used }], services: [], tools: [] }).map(
        ({ message }) => message,
      );
    expect(look(90, 59)).toEqual([]);
    expect(look(91, -600)).toEqual(['/ is 91 % full', 'its clock is 600 s behind']);
    expect(look(0, 60)).toEqual(['its clock is 60 s ahead']);
  });

  test('a server without strict key exchange is told by its banner', () => {
    expect(sshdFindings(host('d1'), { strict: false, banner: 'OpenSSH_8.4p1' })).toEqual([
      expect.objectContaining({ about: 'sshd', status: 'warn', message: 'OpenSSH_8.4p1 has no strict key exchange' }),
    ]);
    expect(sshdFindings(host('d1'), { strict: true, banner: 'OpenSSH_8.4p1' })).toEqual([]);
  });
});

test('the drones whose tree is not that of the most are told, and no other', () => {
  const at = (name: string, tree: string) => ({ host: host(name), tree });
  expect(treeFindings([at('a', 'x'), at('b', 'x'), at('c', 'y')]).map(({ name }) => name)).toEqual(['c']);
  expect(treeFindings([at('a', 'x'), at('b', 'x')])).toEqual([]);
  expect(treeFindings([])).toEqual([]);
});

test.each<[string, readonly [HealthFinding['status'], HealthFinding['about']][], number]>([
  ['nothing', [], 0],
  [
    'warnings',
    [
      ['warn', 'route'],
      ['warn', 'block'],
    ],
    0,
  ],
  ['a host out of reach', [['bad', 'route']], 4],
  [
    'a full disk beside it',
    [
      ['bad', 'route'],
      ['bad', 'disk'],
    ],
    2,
  ],
  [
    'another machine beside all that',
    [
      ['bad', 'route'],
      ['bad', 'disk'],
      ['bad', 'identity'],
    ],
    7,
  ],
])('the exit for %s', (_, found, exit) => {
  expect(healthExitCode(found.map(([status, about]) => ({ name: 'd1', status, about, message: '' })))).toBe(exit);
});

test('what the inventory itself warns of is found: one key for two hosts is bad, one address a warning', () => {
  const warnings = [
    { code: 'SW1302', message: 'a and b have the same pinned ssh-ed25519 key', hint: 'a clone?' },
    { code: 'SW1301', message: 'a and b both have `local: 10.0.0.1:22`' },
  ];
  const found = inventoryFindings({
    dir: '/',
    hosts: [],
    groups: [],
    binhost: { path: '/b' },
    targets: [defaultTarget({ path: '/b' })],
    discover: { tailscale: false, networks: [] },
    warnings,
  });
  expect(found.map(({ status, about, message }) => [status, about, message])).toEqual([
    ['bad', 'clone', warnings[0]?.message],
    ['warn', 'route', warnings[1]?.message],
  ]);
  expect(healthExitCode(found)).toBe(7);
});

describe('routes', () => {
  const report = (status: RouteReport['status'], code?: ErrorCode): RouteReport => ({
    host: 'd1' as HostName,
    user: 'root',
    route: { kind: 'local', address: '10.0.0.1', port: 22 },
    status,
    ms: 1,
    ...(code === undefined ? {} : { error: new SwarmError(code, 'why') }),
  });
  const found = (...reports: readonly RouteReport[]): readonly string[] =>
    routeFindings(host('d1'), reports).map(({ status, about }) => `${status} ${about}`);

  test('that are down are a warning while another one leads to the host, and bad without one', () => {
    expect(found(report('proven'), report('unreachable', 'SW2001'))).toEqual(['warn route']);
    expect(found(report('unreachable', 'SW2001'))).toEqual(['bad route']);
  });

  test('on which nothing answers have what to do', () => {
    expect(routeFindings(host('d1'), [report('unreachable', 'SW2001')])[0]?.hint).toMatch(
      /^Make sure that d1 is on .*swarm hosts verify d1$/,
    );
  });

  test('that lead to another machine are bad, whatever else works', () => {
    expect(found(report('proven'), report('misdirected', 'SW3001'))).toEqual(['bad identity']);
    expect(found(report('proven'), report('misdirected', 'SW3004'))).toEqual(['bad clone']);
  });

  test('are summed up by the worst that matters', () => {
    expect(summarizeRouteReports([report('proven'), report('misdirected', 'SW3001')])).toBe('misdirected');
    expect(summarizeRouteReports([report('proven'), report('unreachable', 'SW2001')])).toBe('proven');
    expect(summarizeRouteReports([report('proven'), report('untrusted', 'SW2003')])).toBe('untrusted');
    expect(summarizeRouteReports([report('unreachable', 'SW2001')])).toBe('unreachable');
  });
});

test('a damaged record of healings is a finding that says how it is repaired', () => {
  expect(healingFindings([])).toEqual([]);
  const damaged = new SwarmError('SW5002', 'healing.json is damaged', { hint: 'Remove the file.' });
  expect(healingFindings(damaged)).toEqual([
    { name: 'healing', status: 'bad', about: 'healing', message: 'healing.json is damaged', hint: 'Remove the file.' },
  ]);
});
