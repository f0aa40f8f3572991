import { expect, test } from 'vitest';
import { findUnreachable, hostStatus, withoutRemovedRoutes } from '../../../src/fleet/overview/overview-host.ts';
import { hostKey, local, pinnedHost } from '../inventory-hosts.ts';

const host = pinnedHost('d1', [hostKey('a')], { routes: [local('10.0.0.1'), local('10.0.0.2')] });
const unreachable = (route: string, since: string) => ({ route, message: 'connection refused', since });

test('a host is unreachable once all of its routes are, since the last of them is', () => {
  const [first, second] = [
    unreachable('local 10.0.0.1:22', '2026-12-01T09:00:00Z'),
    unreachable('local 10.0.0.2:22', '2026-12-01T10:00:00Z'),
  ];
  expect(findUnreachable(host, [first])).toBeUndefined();
  expect(findUnreachable(host, [second, first])).toEqual({
    since: '2026-12-01T10:00:00Z',
    message: 'local 10.0.0.1:22: connection refused',
  });
});

test('a route that the inventory no longer has says nothing of the host', () => {
  expect(
    findUnreachable({ ...host, routes: [local('10.0.0.3')] }, [unreachable('local 10.0.0.1:22', '2026-12-01T09:00:00Z')]),
  ).toBeUndefined();
  const removed = { route: 'local 10.0.0.9:22', machine: 'd2' };
  const kept = { route: 'local 10.0.0.1:22', machine: 'd2' };
  expect(withoutRemovedRoutes(host, [removed, kept])).toEqual([kept]);
});

test('the status names what stands in the way first', () => {
  const all = { misdirected: true, unreachable: true, unfit: true };
  expect(hostStatus('blocked', all)).toBe('blocked');
  expect(hostStatus('trusted', all)).toBe('misdirected');
  expect(hostStatus('trusted', { ...all, misdirected: false })).toBe('unreachable');
  expect(hostStatus('trusted', { ...all, misdirected: false, unreachable: false })).toBe('unfit');
});
