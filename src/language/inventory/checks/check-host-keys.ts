import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Host } from '../../../core/inventory/host.ts';
import type { HostEntry } from '../inventory-schema.ts';
import type { Located } from '../merge-inventory.ts';

/** The same key on two hosts is a warning. A connection to one of them is refused, unless their machine-ids differ. */
export function checkHostKeys(hosts: readonly Host[], entries: ReadonlyMap<string, Located<HostEntry>>, warnings: SwarmError[]): void {
  const owners = new Map<string, Host>();
  for (const host of hosts) {
    for (const { type, blob } of host.identity?.hostKeys ?? []) {
      const owner = owners.get(blob);
      if (owner === undefined) owners.set(blob, host);
      else if (owner !== host) {
        const entry = entries.get(host.name);
        const hint = 'If one is a clone, make new keys on it: rm /etc/ssh/ssh_host_*; ssh-keygen -A';
        const message = `${owner.name} and ${host.name} have the same pinned ${type} key`;
        warnings.push(new SwarmError('SW1302', message, { at: entry?.source.keySpan(entry.path), hint }));
        break;
      }
    }
  }
}
