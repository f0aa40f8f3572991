import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey } from '../../core/inventory/host-identity.ts';
import type { ConnectOptions, RouteReport } from '../../remote/connect/connect-options.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';
import { checkHostKey } from '../../remote/identity/check-identity.ts';
import { scanOfferedKeys } from '../trust/offered-keys.ts';

/** What every route of a host proves. Of a host that was never trusted, it names the machines of the inventory that answer instead. */
export async function verifyHost(host: Host, options: ConnectOptions, signal: AbortSignal): Promise<readonly RouteReport[]> {
  const reports = await verifyRoutes(host, options, signal);
  if (host.identity !== undefined) return reports;
  const offered = await scanOfferedKeys(host, options, signal);
  return reports.map((report) => {
    const keys = offered.find(({ route }) => route === report.route)?.keys ?? [];
    return { ...report, ...findOwner(host, keys, options.hosts) };
  });
}

function findOwner(host: Host, keys: readonly HostKey[], hosts: readonly Host[]): Partial<RouteReport> {
  const found = keys.map((key) => ({ ...checkHostKey(host, key, hosts, () => false), fingerprint: fingerprint(key.blob) }));
  return found.find(({ machine }) => machine !== undefined) ?? {};
}
