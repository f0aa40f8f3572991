import { SwarmError } from '../../core/error/swarm-error.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type Inventory, targetVariables } from '../../core/inventory/inventory.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play, Playbook } from '../../core/playbook/playbook-model.ts';
import { shuffleBySeed } from '../../core/playbook/seeded-order.ts';
import { parseHostPattern, selectByPattern } from '../../language/inventory/host-pattern.ts';
import { renderTemplates } from '../../language/template/template.ts';
import { blockedHostError } from '../host-block.ts';

/** The hosts of each play, and the hosts that are left out because they are blocked. */
export interface HostSelection {
  readonly plays: readonly (readonly Host[])[];
  readonly blocked: readonly Host[];
}

/**
 * The hosts of each play: those of `hosts:` that are within the limit and not blocked. Throws SW1203 for an unknown name, SW1204
 * where no play has a host, and SW3005 where the limit names a blocked host.
 */
export function selectHosts(playbook: Playbook, inventory: Inventory, limit: string | undefined, args: Vars, now: number): HostSelection {
  const limited = limit === undefined ? undefined : new Set(selectByPattern(inventory, limit));
  const namedInLimit = new Set(
    (limit === undefined ? [] : parseHostPattern(limit)).filter(({ sign }) => sign !== '!').map(({ body }) => body),
  );
  const blocked = new Set<Host>();
  const scope = { ...targetVariables(inventory), ...playbook.vars, ...args };
  const chosen = playbook.plays.map((play) => {
    const pattern = String(renderTemplates(play.hosts, scope, { at: play.hostsAt }));
    const hosts = selectOfPlay(playbook, play, inventory, pattern).filter((host) => limited === undefined || limited.has(host));
    const free = hosts.filter((host) => !isBlocked(host, now));
    for (const host of hosts) if (!free.includes(host)) blocked.add(host);
    return sortHosts(free, play.order);
  });
  for (const host of blocked) if (namedInLimit.has(host.name)) throw blockedHostError(host);
  if (chosen.some((hosts) => hosts.length > 0)) return { plays: chosen, blocked: [...blocked] };
  const why =
    blocked.size === 0
      ? '`--limit` and `hosts:` have no host in common.'
      : `These hosts are blocked: ${[...blocked].map(({ name }) => name).join(', ')}. To see why, run: swarm hosts list`;
  throw new SwarmError('SW1204', 'no host can run this', { hint: why });
}

/** The hosts of a pattern. Where the pattern is the default of an argument, the error names the argument. */
function selectOfPlay({ args }: Playbook, { hosts }: Play, inventory: Inventory, pattern: string): readonly Host[] {
  try {
    return selectByPattern(inventory, pattern);
  } catch (error) {
    const arg = args.find((each) => hosts.trim() === `{{ ${each.name} }}` && each.default === pattern);
    if (arg === undefined || arg.positional || !(error instanceof SwarmError) || inventory.hosts.length < 2) throw error;
    const option = `--${arg.name.replaceAll('_', '-')}`;
    const hint = `\`${pattern}\` is the default of ${option}. Name other hosts or groups, such as: ${option} all. To see them, run: swarm hosts list`;
    throw new SwarmError('SW1203', error.message, { hint });
  }
}

/** `shuffle` needs the id of a run: see `shufflePlays`. */
function sortHosts(hosts: readonly Host[], order: Play['order']): readonly Host[] {
  const isSorted = order === 'sorted' || order === 'reverse_sorted';
  const sorted = isSorted ? [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1)) : hosts;
  return order === 'reverse_sorted' || order === 'reverse_inventory' ? [...sorted].reverse() : sorted;
}

/** The hosts of each play, in another order where it says `shuffle`: that of the run, of the play and of the names. */
export const shufflePlays = (plays: readonly Play[], hosts: readonly (readonly Host[])[], run: string): readonly (readonly Host[])[] =>
  hosts.map((each, at) => (plays[at]?.order === 'shuffle' ? shuffleBySeed(each, `${run} ${at}`) : each));
