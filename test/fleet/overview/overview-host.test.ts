import { expect, test } from 'vitest';
import { findSilence, hostStatus } from '../../../src/fleet/overview/overview-host.ts';
import { hostKey, local, pinnedHost } from '../inventory-hosts.ts';

const host = pinnedHost('d1', [hostKey('a')], { routes: [local('10.0.0.1'), local('10.0.0.2')] });
const silent = (route: string, since: string) => ({ route, message: 'connection refused', since });

test('a host is out of reach where all of its routes are silent, since the last of them is', () => {
  const [first, second] = [silent('local 10.0.0.1:22', '2026-12-01T09:00:00Z'), silent('local 10.0.0.2:22', '2026-12-01T10:00:00Z')];
  expect(findSilence(host, [first])).toBeUndefined();
  expect(findSilence(host, [second, first])).toEqual({ since: '2026-12-01T10:00:00Z', message: 'local 10.0.0.1:22: connection refused' });
});

test('a route that the inventory no longer has says nothing of the host', () => {
  expect(findSilence({ ...host, routes: [local('10.0.0.3')] }, [silent('local 10.0.0.1:22', '2026-12-01T09:00:00Z')])).toBeUndefined();
});

test('the status names what stands in the way first', () => {
  const all = { misdirected: true, unreachable: true, unfit: true };
  expect(hostStatus('blocked', all)).toBe('blocked');
  expect(hostStatus('trusted', all)).toBe('misdirected');
  expect(hostStatus('trusted', { ...all, misdirected: false })).toBe('unreachable');
  expect(hostStatus('trusted', { ...all, misdirected: false, unreachable: false })).toBe('unfit');
});
