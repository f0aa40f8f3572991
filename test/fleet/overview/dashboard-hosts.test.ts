import { expect, test } from 'vitest';
import { listAttention, toDashboardHost, toVerification } from '../../../src/fleet/overview/dashboard-hosts.ts';
import type { OverviewHost } from '../../../src/fleet/overview/overview-host.ts';

const host: OverviewHost = { name: 'd1', status: 'trusted', cores: 8, protected: false, routes: ['local 10.0.0.1:22', 'tailscale d1:22'] };

test('a host has the status of swarm status until its routes were verified', () => {
  expect(toDashboardHost(host, undefined)).toEqual({ name: 'd1', status: 'trusted', route: 'local 10.0.0.1:22', cores: 8 });
  const routes = [
    { route: 'local 10.0.0.1:22', status: 'misdirected', machine: 'gateway' },
    { route: 'tailscale d1:22', status: 'proven' },
  ];
  expect(toDashboardHost(host, toVerification({ name: 'd1', status: 'misdirected', routes }))).toMatchObject({
    status: 'misdirected',
    route: 'tailscale d1:22',
    note: 'gateway answers on local 10.0.0.1:22',
  });
});

test('a host that proves itself stays unfit, and one that is gone stays gone', () => {
  const unfit: OverviewHost = { ...host, status: 'unfit', because: 'CHOST is aarch64' };
  expect(toDashboardHost(unfit, { status: 'proven' })).toMatchObject({ status: 'unfit', note: 'CHOST is aarch64' });
  expect(toDashboardHost(unfit, { status: 'unreachable' })).toMatchObject({ status: 'unreachable', note: 'unfit: CHOST is aarch64' });
  const gone: OverviewHost = { ...host, status: 'gone', gone: { since: '2026-12-01T09:00:00Z' } };
  expect(toDashboardHost(gone, { status: 'unreachable' })).toMatchObject({ status: 'gone' });
});

test('a block outweighs what the routes say', () => {
  const blocked: OverviewHost = { ...host, status: 'blocked', protected: true, block: { reason: 'disk', until: '2026-12-02' } };
  expect(toDashboardHost(blocked, { status: 'proven' })).toMatchObject({ status: 'blocked', note: 'disk, until 2026-12-02; protected' });
});

test('trees that somebody changed come before blocks and hosts that are gone', () => {
  const changed: OverviewHost = {
    ...host,
    changedTrees: [{ tree: '/srv/app', paths: ['x'], at: '2026-12-01T09:00:00Z', playbook: 'push' }],
  };
  const blocked: OverviewHost = { ...host, name: 'd2', status: 'blocked', block: { reason: 'disk', until: '2026-12-02' } };
  const gone: OverviewHost = { ...host, name: 'd3', gone: { since: '2026-12-01T09:00:00Z' } };
  expect(listAttention([gone, blocked, changed, { ...host, name: 'd4' }])).toEqual([
    'd1 has changes in /srv/app that no push made',
    'd2 is blocked until 2026-12-02: disk',
    'd3 is gone',
  ]);
  expect(toDashboardHost(changed, undefined)).toMatchObject({ note: 'changed by hand: /srv/app' });
});

test('a host that was not reached says so until its routes are verified', () => {
  const away: OverviewHost = { ...host, status: 'unreachable', unreachable: { since: '2026-12-01T09:00:00Z', message: 'refused' } };
  expect(toDashboardHost(away, undefined)).toMatchObject({ status: 'unreachable', note: 'refused' });
  expect(toDashboardHost(away, { status: 'proven' })).not.toHaveProperty('note');
});
