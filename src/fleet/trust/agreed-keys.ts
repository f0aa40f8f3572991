import { SwarmError } from '../../core/error/swarm-error.ts';
import { highestPrecedence } from '../../core/error-codes.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { isUnprovenKey } from '../../remote/ssh/host-key-proof.ts';
import { findKeyOwner, type OfferedKeys } from './offered-keys.ts';

/** One machine on all routes that answer: the keys that each of them has proved. A key of some routes only is not pinned: whoever answers on
 *  one of them may have added it. Throws SW2001 and the like when none answers, SW3001 when they lead to different machines, SW2003 where
 *  a route shows a key that it does not prove, SW2008, SW3009. */
export function selectAgreedKeys(
  host: Host,
  offers: readonly OfferedKeys[],
  inventory: Inventory,
  isRevoked: (key: HostKey) => boolean,
): readonly HostKey[] {
  refuseUnprovenKeys(host, offers);
  const reachable = offers.filter(({ keys }) => keys.length > 0);
  const [first] = reachable;
  if (first === undefined) throw noKeyError(host, offers);
  refuseRevokedKeys(host, reachable, isRevoked);
  const common = first.keys.filter((key) => reachable.every(({ keys }) => keys.some((other) => other.blob === key.blob)));
  if (common.length === 0) throw differentMachinesError(host, reachable, inventory);
  const all = [...new Map(reachable.flatMap(({ keys }) => keys).map((key) => [key.blob, key])).values()];
  refuseForeignKeys(host, all, inventory);
  return common;
}

/** A route on which somebody shows a key without proof: whoever that is, nothing is pinned while they answer. */
function refuseUnprovenKeys(host: Host, offers: readonly OfferedKeys[]): void {
  const unproven = offers.find(({ error }) => error !== undefined && isUnprovenKey(error));
  if (unproven?.error === undefined) return;
  throw new SwarmError('SW2003', `${formatRoute(unproven.route)} of ${host.name}: ${unproven.error.message}`, {
    hint: `Nothing was pinned. ${unproven.error.hint ?? ''}`.trimEnd(),
  });
}

function noKeyError(host: Host, offers: readonly OfferedKeys[]): SwarmError {
  const errors = offers.flatMap(({ error }) => error ?? []);
  const { code, message, hint } = highestPrecedence(errors) ?? new SwarmError('SW2001', 'it has no route over SSH');
  return new SwarmError(code, `no route of ${host.name} shows a host key: ${message}`, {
    hint:
      hint ??
      `Make sure that ${host.name} is on and runs sshd, or correct its routes in the inventory. Then run: swarm hosts trust ${host.name}`,
  });
}

/** Throws SW2008 for a key that a known_hosts file revokes. */
export function refuseRevokedKeys(host: Host, offers: readonly OfferedKeys[], isRevoked: (key: HostKey) => boolean): void {
  for (const { route, keys } of offers) {
    const key = keys.find(isRevoked);
    if (key === undefined) continue;
    throw new SwarmError('SW2008', `${host.name} shows a revoked key: ${key.type} ${fingerprint(key.blob)} on ${formatRoute(route)}`, {
      hint: 'Nothing was pinned. Make new keys on the machine: rm /etc/ssh/ssh_host_* && ssh-keygen -A',
    });
  }
}

/** Throws SW3009 for a key that is pinned for another host. */
export function refuseForeignKeys(host: Host, keys: readonly HostKey[], inventory: Inventory): void {
  for (const key of keys) {
    const owner = findKeyOwner(key, inventory);
    if (owner === undefined || owner.name === host.name) continue;
    throw new SwarmError('SW3009', `${host.name} shows the key of ${owner.name}: ${key.type} ${fingerprint(key.blob)}`, {
      hint: `The route leads to ${owner.name}, or one machine is a clone of the other. Correct the route, or make new keys on the clone: rm /etc/ssh/ssh_host_* && ssh-keygen -A`,
    });
  }
}

function differentMachinesError(host: Host, reachable: readonly OfferedKeys[], inventory: Inventory): SwarmError {
  const machines = reachable.map(({ route, keys }) => {
    const owner = keys.map((key) => findKeyOwner(key, inventory)).find((each) => each !== undefined);
    return `${formatRoute(route)} is ${owner?.name ?? 'an unknown machine'} (${fingerprint(keys[0]?.blob ?? '')})`;
  });
  return new SwarmError('SW3001', `the routes of ${host.name} lead to different machines: ${machines.join('; ')}`, {
    hint: 'Nothing was pinned. Remove or correct the wrong route. Common causes are NAT and an address that another machine has now.',
  });
}
