import { toErrorJson } from '../../core/error/convert-error.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import type { RouteReport } from '../../remote/connect/connect-options.ts';
import { findKeyOwner, type OfferedKeys } from '../trust/offered-keys.ts';
import { type HealthFinding, makeFinding } from './health-finding.ts';

/** What became of the routes: one that leads elsewhere is bad; one that is down is a warning as long as another leads there. */
export function routeFindings(host: Host, reports: readonly RouteReport[]): readonly HealthFinding[] {
  const hasProvenRoute = reports.some(({ status }) => status === 'proven');
  return reports
    .filter(({ status }) => status !== 'proven')
    .map(({ route, status, error }) => {
      const { code, message, hint } = toErrorJson(error);
      const wrong = (status === 'misdirected' || status === 'untrusted') && code !== 'SW1305';
      const about = code === 'SW3004' ? 'clone' : wrong ? 'identity' : 'route';
      return makeFinding(
        host,
        wrong || !hasProvenRoute ? 'bad' : 'warn',
        about,
        `${formatRoute(route)}: ${message}`,
        hint ?? unreachableHint(host.name),
      );
    });
}

/** What to do about a route on which nothing answers. */
export const unreachableHint = (host: string): string =>
  `Make sure that ${host} is on and runs sshd, or correct the route in the inventory. Then run: swarm hosts verify ${host}`;

/** A host that was never trusted: its key is compared, and nothing is sent. */
export function untrustedFindings(host: Host, offered: readonly OfferedKeys[], inventory: Inventory): readonly HealthFinding[] {
  const clones = offered.flatMap(({ route, keys }) =>
    keys.flatMap((key) => {
      const owner = findKeyOwner(key, inventory);
      if (owner === undefined) return [];
      const hint = `Correct the route, or make new keys on the clone: rm /etc/ssh/ssh_host_* && ssh-keygen -A`;
      return [makeFinding(host, 'bad', 'clone', `${formatRoute(route)} shows the key of ${owner.name}: ${fingerprint(key.blob)}`, hint)];
    }),
  );
  if (clones.length > 0) return clones;
  // trusting it needs a route that shows a key; a blocked host may be off
  const isSilent = !isBlocked(host, Date.now()) && offered.every(({ keys }) => keys.length === 0);
  const silent = offered.flatMap(({ route, error }) =>
    isSilent && error !== undefined ? [makeFinding(host, 'bad', 'route', `${formatRoute(route)}: ${error.message}`, error.hint)] : [],
  );
  return [makeFinding(host, 'bad', 'identity', 'never trusted, so it gets no work', `swarm hosts trust ${host.name}`), ...silent];
}
