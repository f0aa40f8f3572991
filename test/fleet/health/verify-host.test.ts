import { expect, test } from 'vitest';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { verifyHost } from '../../../src/fleet/health/verify-host.ts';
import { startFakeSshServer } from '../../remote/fake-ssh-server.ts';
import { connectOptions, neverAborted } from '../../remote/test-options.ts';

test('of a host that was never trusted, a route that a known machine answers is told by the name of that machine', async () => {
  await using wanted = await startFakeSshServer();
  await using gateway = await startFakeSshServer();
  const known = gateway.host({ name: 'alpha-centauri' as HostName });
  const routes = [gateway, wanted].map(({ port }) => ({ kind: 'local', address: '127.0.0.1', port }) as const);
  const { identity: _, ...host } = wanted.host({
    name: 'drone-tarn' as HostName,
    routes: [routes[0] as (typeof routes)[0], ...routes.slice(1)],
  });
  const reports = await verifyHost(host, connectOptions([host, known]), neverAborted);
  expect(reports).toMatchObject([
    { status: 'misdirected', machine: 'alpha-centauri', error: { code: 'SW3001', message: 'alpha-centauri answers, not drone-tarn' } },
    { status: 'untrusted', error: { code: 'SW1305' } },
  ]);
  expect(reports[1]?.machine).toBeUndefined();
  expect([...gateway.logins, ...gateway.commands, ...wanted.logins, ...wanted.commands]).toEqual([]);
});
