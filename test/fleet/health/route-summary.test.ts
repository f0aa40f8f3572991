import { expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import { routesExitCode, summarizeRouteReports } from '../../../src/fleet/health/route-summary.ts';
import type { RouteReport } from '../../../src/remote/connect/connect-options.ts';
import { local, makeHost } from '../inventory-hosts.ts';

const report = (status: RouteReport['status'], code?: 'SW1305' | 'SW3001'): RouteReport => ({
  ...{ host: makeHost('d1').name, user: 'root', route: local('10.0.0.1'), status, ms: 1 },
  ...(code === undefined ? {} : { error: new SwarmError(code, 'm') }),
});

test.each([
  ['a route that leads elsewhere outweighs a proven one', [report('proven'), report('misdirected')], 'misdirected'],
  ['a machine with another key outweighs a proven one', [report('proven'), report('untrusted', 'SW3001')], 'untrusted'],
  ['one proven route is enough', [report('unreachable'), report('proven')], 'proven'],
  ['a host that was never trusted', [report('untrusted', 'SW1305')], 'untrusted'],
  ['no route', [report('unreachable'), report('unreachable')], 'unreachable'],
] as const)('%s', (_, reports, status) => {
  expect(summarizeRouteReports(reports)).toBe(status);
});

test('the exit code is that of the worst host', () => {
  const exits = [['proven'], ['proven', 'unreachable'], ['unreachable', 'untrusted'], ['misdirected', 'proven']] as const;
  expect(exits.map((statuses) => routesExitCode(statuses))).toEqual([0, 4, 7, 7]);
});
