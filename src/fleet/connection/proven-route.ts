import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import type { ConnectOptions, RouteReport } from '../../remote/connect/connect-options.ts';
import { verifyRoutes } from '../../remote/connect/verify-routes.ts';

/** The first route, in the order of the inventory, that leads to the host. `onMisdirected` gets each route that leads to another machine.
 *  Throws the error of the worst route when none leads to the host. */
export async function findProvenRoute(
  host: Host,
  connectOptions: ConnectOptions,
  onMisdirected: (report: RouteReport) => void,
): Promise<Route> {
  const reports = await verifyRoutes(host, connectOptions, new AbortController().signal);
  for (const report of reports) if (report.status === 'misdirected') onMisdirected(report);
  const proven = reports.find((report) => report.status === 'proven');
  if (proven !== undefined) return proven.route;
  const worst =
    reports.find(({ status }) => status === 'misdirected') ?? reports.find(({ status }) => status === 'untrusted') ?? reports[0];
  throw worst?.error === undefined
    ? new SwarmError('SW2001', `${host.name} has no route`)
    : new SwarmError(worst.error.code, `${formatRoute(worst.route)}: ${worst.error.message}`, {
        host: host.name,
        hint: worst.error.hint ?? `To try every route, run: swarm hosts verify ${host.name}`,
      });
}
