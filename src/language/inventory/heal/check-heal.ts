import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { HostEntry } from '../inventory-schema.ts';
import type { Located } from '../merge-inventory.ts';

/** Warns of a host that has `heal:` itself and is protected: nothing is ever done to it. */
export function checkHeal(hosts: ReadonlyMap<string, Located<HostEntry>>, warnings: SwarmError[]): void {
  for (const [name, { source, path, value }] of hosts) {
    if (value.protected !== true || value.heal === undefined || value.heal.length === 0) continue;
    const at = source.keySpan([...path, 'heal']);
    warnings.push(new SwarmError('SW6041', `${name} is protected, so it is not healed`, { at, hint: 'Remove heal: or protected: true.' }));
  }
}
