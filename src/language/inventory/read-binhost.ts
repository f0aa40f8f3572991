import { isAbsolute } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { BinhostLocation } from '../../core/inventory/target.ts';
import { isNetwork } from './host/address.ts';
import { expandHomePath } from './host/read-login.ts';
import type { InventoryContext } from './inventory-context.ts';
import { isWritten, type Located } from './merge-inventory.ts';
import { describeUnknownHost } from './unknown-host.ts';

/** Where a binhost is. Without an entry, or on localhost, it is a folder below the project. */
export function readBinhost(
  { from, groups, problems }: InventoryContext,
  entry: Located<{ readonly host?: string | undefined; readonly path?: string | undefined }> | undefined,
  names: readonly string[],
): BinhostLocation {
  const { host, path } = entry?.value ?? {};
  if (entry === undefined || host === undefined || host === 'localhost')
    return { path: expandHomePath(path ?? 'binhost', from.home, from.dir) };
  if (!names.includes(host)) {
    const { message, hint } = describeUnknownHost(host, names, groups);
    problems.push(new SwarmError('SW1306', message, { at: entry.source.valueSpan([...entry.path, 'host']), hint }));
  }
  if (path === undefined ? !isWritten(entry, 'path') : !isAbsolute(path)) {
    const at = path === undefined ? entry.source.keySpan(entry.path) : entry.source.valueSpan([...entry.path, 'path']);
    const hint = 'Write: path: /var/cache/binpkgs';
    problems.push(new SwarmError('SW1306', `the binhost on ${host} needs an absolute \`path\``, { at, hint }));
  }
  return { host: host as HostName, path: path ?? '/' };
}

type DiscoverEntry = { readonly tailscale?: boolean | undefined; readonly networks?: readonly string[] | undefined };

/** Where `swarm hosts discover` searches. */
export function readDiscover({ problems }: InventoryContext, entry: Located<DiscoverEntry> | undefined): Inventory['discover'] {
  const networks = entry?.value.networks ?? [];
  for (const [i, network] of networks.entries()) {
    if (isNetwork(network)) continue;
    const at = entry?.source.valueSpan([...entry.path, 'networks', i]);
    problems.push(new SwarmError('SW1303', `\`${network}\` is not a network`, { at, hint: 'Write a network as 10.42.0.0/24.' }));
  }
  return { tailscale: entry?.value.tailscale ?? false, networks };
}
