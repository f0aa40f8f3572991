import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type HostKey, type Identity, isSameKey } from '../../core/inventory/host-identity.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';

/** `ssh-ed25519 SHA256:…`. */
export const formatHostKey = (key: HostKey): string => `${key.type} ${fingerprint(key.blob)}`;

/** Is the pin the same as before? */
export const isSameIdentity = (old: Identity | undefined, now: Identity): boolean =>
  old !== undefined &&
  old.machineId === now.machineId &&
  old.hostKeys.length === now.hostKeys.length &&
  now.hostKeys.every((key) => old.hostKeys.some((each) => isSameKey(each, key)));

/** The keys with the fingerprint that a person gave, `SHA256:…` or without that prefix; all keys without one. Throws SW2003 for none. */
export function selectByFingerprint(host: Host, keys: readonly HostKey[], wanted: string | undefined): readonly HostKey[] {
  if (wanted === undefined) return keys;
  const named = keys.filter((key) => fingerprint(key.blob) === wanted || fingerprint(key.blob) === `SHA256:${wanted}`);
  if (named.length > 0) return named;
  throw new SwarmError('SW2003', `${host.name} shows no key with fingerprint ${wanted}`, {
    hint: 'Nothing was pinned. Compare the fingerprint with the keys in the table above.',
  });
}

/** Is there a key to pin? Throws SW2003 where pinned keys would be given up and nobody said `replace`. */
export function checkKeyChange(host: Host, keys: readonly HostKey[], replace: boolean): boolean {
  const old = host.identity?.hostKeys ?? [];
  const newKeys = keys.filter((key) => !old.some((each) => isSameKey(each, key)));
  if (old.length === 0 || replace) return old.length !== keys.length || newKeys.length > 0;
  if (newKeys.length === 0) return false;
  const someKeysKnown = newKeys.length < keys.length;
  throw new SwarmError(
    'SW2003',
    `${host.name} is pinned with ${someKeysKnown ? 'fewer' : 'other'} keys; new: ${newKeys.map(formatHostKey).join(', ')}`,
    {
      hint: someKeysKnown
        ? `If the machine has new keys beside the old ones, run: swarm hosts trust ${host.name} --rotate`
        : `If the machine was installed again, compare the key at its console with ssh-keygen -lf. Then run: swarm hosts trust ${host.name} --replace`,
    },
  );
}

/** The new keys that one machine has shown to own, by signing one session with them: only those are pinned together, since whoever carries
 *  the bytes may answer for one type of key himself. Throws SW2003 where the machine itself has another key of that type. */
export function selectProvenKeys(host: Host, keys: readonly HostKey[], proven: readonly HostKey[]): readonly HostKey[] {
  for (const key of keys) {
    const own = proven.find(({ type }) => type === key.type);
    if (own === undefined || proven.some((each) => isSameKey(each, key))) continue;
    throw new SwarmError('SW2003', `${host.name} itself has another key than the one that its route shows: ${formatHostKey(own)}`, {
      hint: `Nothing was pinned. Somebody between may answer in its place with ${formatHostKey(key)}. Compare the keys at its console with ssh-keygen -lf. To pin one that is right, run: swarm hosts trust ${host.name} --fingerprint SHA256:…`,
    });
  }
  return keys.filter((key) => proven.some((each) => isSameKey(each, key)));
}

/** Is there a machine-id to pin? Throws SW3004 where another one is pinned and nobody said `replace`. */
export function checkMachineIdChange(host: Host, machineId: string, replace: boolean): boolean {
  const old = host.identity?.machineId;
  if (old === machineId) return false;
  if (old === undefined || replace) return true;
  throw new SwarmError('SW3004', `${host.name} is pinned with another machine-id: ${old.slice(0, 16)}…`, {
    hint: `If the container was made anew, run: swarm hosts trust ${host.name} --replace`,
  });
}

/** The other hosts of the inventory that are pinned with this machine-id: servers or containers of one machine, or a clone. */
export const findTwins = (host: Host, machineId: string, { hosts }: Inventory): readonly Host[] =>
  hosts.filter((other) => other.name !== host.name && other.identity?.machineId === machineId);
