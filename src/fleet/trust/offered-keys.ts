import { toSwarmError } from '../../core/error/convert-error.ts';
import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type HostKey, isSameKey } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { isSshRoute, type Route } from '../../core/inventory/route.ts';
import type { ConnectOptions } from '../../remote/connect/connect-options.ts';
import { scanHostKeys } from '../../remote/connect/scan-host-keys.ts';

/** The keys that one route of a host offers before any login, or why none was seen. */
export interface OfferedKeys {
  readonly route: Route;
  readonly keys: readonly HostKey[];
  readonly error?: SwarmError;
}

/** Scans every route that speaks SSH at once; logs in nowhere. */
export function scanOfferedKeys(host: Host, connectOptions: ConnectOptions, signal: AbortSignal): Promise<readonly OfferedKeys[]> {
  return Promise.all(
    host.routes.filter(isSshRoute).map(async (route): Promise<OfferedKeys> => {
      try {
        return { route, keys: (await scanHostKeys(host, route, connectOptions, signal)).keys };
      } catch (error) {
        return { route, keys: [], error: toSwarmError(error) };
      }
    }),
  );
}

/** The host of the inventory that is pinned with the key. */
export const findKeyOwner = (key: HostKey, { hosts }: Pick<Inventory, 'hosts'>): Host | undefined =>
  hosts.find((host) => host.identity?.hostKeys.some((each) => isSameKey(each, key)));

/** Names under which OpenSSH would look a route up. */
export function knownHostsNames(host: Host, route: Route): readonly string[] {
  if (!isSshRoute(route)) return [host.name];
  return [route.port === 22 ? route.address : `[${route.address}]:${route.port}`, host.name];
}
