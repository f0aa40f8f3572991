import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Target } from '../../core/inventory/target.ts';
import { unknownNameError } from '../../core/unknown-name.ts';

/** Where a name of a client is searched: in the chosen targets, among all. Without hosts and groups, a name of one is unknown. */
export interface ClientScope extends Partial<Pick<Inventory, 'hosts' | 'groups'>> {
  readonly targets: readonly Target[];
  readonly chosen: readonly Target[];
}

/** SW1203 for a name that is not a client of the chosen targets: what it is, and what to write. */
export function notClientError(name: string, scope: ClientScope): SwarmError {
  const { targets, chosen, hosts = [], groups = [] } = scope;
  const known: readonly string[] = chosen.flatMap(({ clients }) => clients);
  const owner = targets.find(({ clients }) => (clients as readonly string[]).includes(name));
  if (owner !== undefined) {
    const others = chosen.map((target) => target.name).join(', ');
    const hint = `Name its target: --target ${owner.name}`;
    return new SwarmError('SW1203', `${name} is a client of ${owner.name}, not of ${others}`, { at: owner.at, hint });
  }
  if (name === 'all') return noClientsError(chosen);
  if (hosts.some((host) => host.name === name)) {
    const add = howToAdd(name, chosen);
    const hint = known.length === 0 ? add : `Use one of: ${known.join(', ')}. To add it, ${add.charAt(0).toLowerCase()}${add.slice(1)}`;
    return new SwarmError('SW1203', `${name} is not a client of a target`, { at: chosen[0]?.at, hint });
  }
  if (groups.includes(name)) {
    const members = hosts.filter((host) => host.groups.includes(name)).map((host) => String(host.name));
    const clients = members.filter((member) => known.includes(member));
    const hint = clients.length > 0 ? `Name its clients: ${clients.join(', ')}` : howToAdd(members.join(', ') || 'NAME', chosen);
    return new SwarmError('SW1203', `${name} is a group, not a client`, { hint });
  }
  return unknownNameError('client', name, known, known.length === 0 ? howToAdd('NAME', chosen) : undefined);
}

/** SW1203 where clients are wanted and these targets have none. */
export function noClientsError(chosen: readonly Target[]): SwarmError {
  const [only, second] = chosen;
  const who = only === undefined || second !== undefined ? 'no target has clients' : `target ${only.name} has no clients`;
  return new SwarmError('SW1203', who, { at: only?.at, hint: howToAdd('NAME', chosen) });
}

/** A project without `targets:` has one target that is not written down. */
function howToAdd(name: string, chosen: readonly Target[]): string {
  const target = chosen.find(({ at }) => at !== undefined);
  if (target === undefined) return `Add to the inventory: targets: { desktop: { clients: [${name}] } }`;
  return `Write in target ${target.name}: clients: [${[...target.clients, name].join(', ')}]`;
}
