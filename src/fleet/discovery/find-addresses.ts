import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Route } from '../../core/inventory/route.ts';
import { readLocalProgram } from '../../remote/transport/local-program.ts';
import { listAddresses } from './network-addresses.ts';
import { formatAddress } from './ssh-scan.ts';
import type { TailscalePeer } from './tailscale.ts';

type DirectRoute = Extract<Route, { readonly kind: 'local' | 'tailscale' }>;

/** A route to an address of the host itself, with no jump and no command between. */
export const isDirectRoute = (route: Route): route is DirectRoute => route.kind === 'local' || route.kind === 'tailscale';

/** The addresses to scan: routes of the inventory, tailscale peers, neighbours of this machine, and whole networks. This machine's own
 *  addresses are left out, unless a route names them. Throws SW1303 for a network that is none or too large. */
export async function collectAddresses(
  inventory: Inventory,
  peers: readonly TailscalePeer[],
  networks: readonly string[],
): Promise<ReadonlySet<string>> {
  const ownAddresses = listOwnAddresses();
  const candidates = [...peers.flatMap(listPeerAddresses), ...(await listNeighbors()), ...networks.flatMap(listAddresses)];
  return new Set([...listRouteAddresses(inventory), ...candidates.filter((address) => !ownAddresses.has(address))]);
}

const listRouteAddresses = ({ hosts }: Inventory): readonly string[] =>
  hosts.flatMap((host) => host.routes.filter(isDirectRoute).map((route) => formatAddress(route.address, route.port)));

const listPeerAddresses = (peer: TailscalePeer): readonly string[] =>
  peer.online && !peer.self ? peer.addresses.filter((address) => isIP(address) === 4) : [];

/** Addresses that this machine has exchanged packets with lately; none where there is no `ip` command. */
async function listNeighbors(): Promise<readonly string[]> {
  const { exit, stdout } = await readLocalProgram(['ip', 'neigh', 'show'], { timeoutMs: 5000, maxBytes: 1024 * 1024 });
  if (exit !== 0) return []; // not installed
  return stdout
    .split('\n')
    .filter((line) => !/FAILED|INCOMPLETE/.test(line) && !/^fe80:/i.test(line))
    .flatMap((line) => line.split(' ')[0] || []);
}

/** This machine's own addresses. */
const listOwnAddresses = (): ReadonlySet<string> =>
  new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
