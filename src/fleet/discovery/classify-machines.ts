import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey, isSameKey } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatRoute, type Route } from '../../core/inventory/route.ts';
import { isDirectRoute } from './find-addresses.ts';
import { isInNetworks } from './network-addresses.ts';
import { formatAddress, type SshScanResult } from './ssh-scan.ts';
import type { TailscalePeer } from './tailscale.ts';

/** What answered on an SSH port, and what the inventory knows of it. */
export interface DiscoveredMachine {
  /** The host of the inventory, or the address of a machine that nobody listed. */
  readonly name: string;
  /** misdirected: a route of `name` is answered by `machine` · unknown: nobody's, the ghost · alias: a known machine at an address that no
   *  route names · untrusted: a route of a host, with a key that is not pinned · shadowed: a tailscale peer routes the network of a local
   *  route · missing: a host whose key was seen nowhere · known. */
  readonly status: (typeof DISCOVERY_STATUSES)[number];
  readonly address?: string;
  readonly machine?: string;
  readonly fingerprint?: string;
  readonly banner?: string;
  readonly tailscale?: string;
  readonly route?: string;
  readonly note?: string;
}

const DISCOVERY_STATUSES = ['misdirected', 'unknown', 'alias', 'untrusted', 'shadowed', 'missing', 'known'] as const;

/** What the inventory says of everyone who answered, and who should have; the most urgent first. */
export function classifyMachines(
  scanned: readonly SshScanResult[],
  inventory: Inventory,
  peers: readonly TailscalePeer[],
): readonly DiscoveredMachine[] {
  const found = [
    ...scanned.map((answer) => classifyMachine(answer, scanned, inventory, peers)),
    ...findMissingHosts(scanned, inventory),
    ...findShadowedRoutes(inventory, peers),
  ];
  return found.sort((one, other) => DISCOVERY_STATUSES.indexOf(one.status) - DISCOVERY_STATUSES.indexOf(other.status));
}

const haveCommonKey = (some: readonly HostKey[], others: readonly HostKey[]): boolean =>
  some.some((key) => others.some((other) => isSameKey(key, other)));

function classifyMachine(
  scanned: SshScanResult,
  allScanned: readonly SshScanResult[],
  { hosts }: Inventory,
  peers: readonly TailscalePeer[],
): DiscoveredMachine {
  const hasScannedAddress = (route: Route): boolean =>
    isDirectRoute(route) && route.address === scanned.address && route.port === scanned.port;
  const owner = hosts.find((host) => haveCommonKey(host.identity?.hostKeys ?? [], scanned.keys));
  const named = hosts.find((host) => host.routes.some(hasScannedAddress));
  const route = owner?.routes.find(hasScannedAddress);
  const peer = peers.find((each) => each.addresses.includes(scanned.address));
  const sameKey = allScanned.filter((other) => other !== scanned && haveCommonKey(other.keys, scanned.keys));
  return {
    ...relateToInventory(owner, named, route, formatAddress(scanned.address, scanned.port), sameKey),
    address: formatAddress(scanned.address, scanned.port),
    fingerprint: fingerprint(scanned.keys[0]?.blob ?? ''),
    banner: scanned.banner,
    ...(peer === undefined ? {} : { tailscale: peer.name }),
  };
}

type InventoryRelation = Pick<DiscoveredMachine, 'name' | 'status' | 'machine' | 'route' | 'note'>;

function relateToInventory(
  owner: Host | undefined,
  named: Host | undefined,
  route: Route | undefined,
  address: string,
  sameKey: readonly SshScanResult[],
): InventoryRelation {
  if (owner !== undefined && route !== undefined) return { name: owner.name, status: 'known', route: formatRoute(route) };
  if (owner !== undefined && named !== undefined)
    return {
      name: named.name,
      status: 'misdirected',
      machine: owner.name,
      note: `${owner.name} answers on a route of ${named.name}`,
    };
  if (owner !== undefined) return { name: owner.name, status: 'alias', note: `${owner.name} answers; no route has this address` };
  const otherAddresses = sameKey.map((each) => formatAddress(each.address, each.port)).join(', ');
  const twinNote = otherAddresses === '' ? '' : `the same key at ${otherAddresses}: one machine, or a clone`;
  if (named === undefined) return { name: address, status: 'unknown', ...(twinNote === '' ? {} : { note: twinNote }) };
  const reason = named.identity === undefined ? `${named.name} was never trusted` : `not the key that is pinned for ${named.name}`;
  return { name: named.name, status: 'untrusted', note: [reason, twinNote].filter(Boolean).join('; ') };
}

function findMissingHosts(scanned: readonly SshScanResult[], { hosts }: Inventory): readonly DiscoveredMachine[] {
  const seen = scanned.flatMap(({ keys }) => keys);
  return hosts
    .filter(({ identity, routes }) => routes.some(isDirectRoute) && identity !== undefined && !haveCommonKey(identity.hostKeys, seen))
    .map((host) => ({ name: host.name, status: 'missing', note: 'no address shows its key' }));
}

/** A local route inside a network that a tailscale peer routes may lead to that peer's side of a NAT. */
function findShadowedRoutes({ hosts }: Inventory, peers: readonly TailscalePeer[]): readonly DiscoveredMachine[] {
  return hosts.flatMap((host) =>
    host.routes.filter(isDirectRoute).flatMap((route): readonly DiscoveredMachine[] => {
      const router = peers.find(
        (peer) =>
          route.kind === 'local' && !peer.self && isInNetworks(peer.networks, route.address) && !peer.addresses.includes(route.address),
      );
      if (router === undefined) return [];
      const note = `the tailscale peer ${router.name} routes this network: another machine may answer at the address`;
      return [
        {
          name: host.name,
          status: 'shadowed',
          address: formatAddress(route.address, route.port),
          route: formatRoute(route),
          tailscale: router.name,
          note,
        },
      ];
    }),
  );
}
