import { SwarmError } from '../../core/error.ts';
import { type Host, type Inventory, isBlocked, type Vars } from '../../core/host.ts';
import type { Play } from '../../core/playbook-model.ts';
import { parseHostPattern, selectByPattern } from '../../language/inventory/host-pattern.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { blockedHostError } from '../host-block.ts';

/** The hosts of each play, and those that a block keeps out. */
export interface HostSelection {
  readonly plays: readonly (readonly Host[])[];
  readonly blocked: readonly Host[];
}

/**
 * Which hosts the plays run on: `hosts:` within the limit, without blocked ones. Throws SW1203/SW1204 as `select` does, SW1204
 * when nothing at all is left, SW3005 for a blocked host that the limit names.
 */
export function selectHosts(
  plays: readonly Play[],
  inventory: Inventory,
  limit: string | undefined,
  vars: Vars,
  now: number,
): HostSelection {
  const limited = limit === undefined ? undefined : new Set(selectByPattern(inventory, limit));
  const namedInLimit = new Set(
    (limit === undefined ? [] : parseHostPattern(limit)).filter(({ sign }) => sign !== '!').map(({ body }) => body),
  );
  const blocked = new Set<Host>();
  const chosen = plays.map((play) => {
    const pattern = String(renderTemplates(play.hosts, { ...vars }, { at: play.hostsAt }));
    const hosts = selectByPattern(inventory, pattern).filter((host) => limited === undefined || limited.has(host));
    const free = hosts.filter((host) => !isBlocked(host, now));
    for (const host of hosts) if (!free.includes(host)) blocked.add(host);
    return sortHosts(free, play.order);
  });
  for (const host of blocked) if (namedInLimit.has(host.name)) throw blockedHostError(host);
  if (chosen.some((hosts) => hosts.length > 0)) return { plays: chosen, blocked: [...blocked] };
  const why = blocked.size === 0 ? '--limit and hosts: have none in common' : `blocked: ${[...blocked].map(({ name }) => name).join(', ')}`;
  throw new SwarmError('SW1204', 'no host can run this', { hint: why });
}

function sortHosts(hosts: readonly Host[], order: Play['order']): readonly Host[] {
  if (order === 'sorted') return [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
  return order === 'reverse' ? [...hosts].reverse() : hosts;
}
