import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import type { PlanItem } from '../../gentoo/plan/build-plan.ts';
import { readPublishedIndex } from '../binhost-access.ts';
import { type ClientScope, notClientError } from './client-error.ts';
import { type ClientNeeds, readClientNeeds } from './client-needs.ts';

/** A client that was asked. Without `needs` it could not answer, and `because` has the reason. */
export interface AskedClient {
  readonly client: HostName;
  readonly target: string;
  readonly needs?: ClientNeeds;
  readonly because?: string;
}

/** An atom that has to be built for a client. */
export interface ClientWish {
  readonly client: HostName;
  readonly atom: string;
}

/** The clients of these names, by target. `all`: every client. `inventory` is for the error. Throws SW1203. */
export function selectClients(
  targets: readonly Target[],
  names: readonly string[],
  inventory: Omit<ClientScope, 'chosen'> = { targets },
): ReadonlyMap<Target, readonly HostName[]> {
  const known = targets.flatMap(({ clients }) => clients);
  for (const name of names) {
    if (name === 'all' ? known.length > 0 : (known as readonly string[]).includes(name)) continue;
    throw notClientError(name, { ...inventory, chosen: targets });
  }
  const chosen = targets.map((target) => [target, target.clients.filter((name) => names.includes('all') || names.includes(name))] as const);
  return new Map(chosen.filter(([, clients]) => clients.length > 0));
}

/** Asks clients of a target at once. One that does not answer is reported and decides the exit code; the others count. */
export async function askClients(probe: Probe, target: Target, clients: readonly HostName[]): Promise<readonly AskedClient[]> {
  const index = await readPublishedIndex(probe, target.binhost);
  return Promise.all(
    clients.map(async (client): Promise<AskedClient> => {
      try {
        return { client, target: target.name, needs: await readClientNeeds(await probe.onHost(client), index, ['@world']) };
      } catch (thrown) {
        if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
        const hint = thrown.hint ?? `To try every route, run: swarm hosts verify ${client}`;
        const error = { ...thrown.toJSON(), message: `nothing is built for it: ${thrown.message}`, hint };
        probe.emit({ type: 'client.failed', client, target: target.name, error });
        return { client, target: target.name, because: thrown.message };
      }
    }),
  );
}

/** What has to be on the binhost for these clients: what their world files name, and what they would have to compile. */
export function listWishes(asked: readonly AskedClient[]): readonly ClientWish[] {
  const seen = new Set<string>();
  return asked.flatMap(({ client, needs }) => {
    if (needs === undefined) return [];
    const wanted = needs.want.packages.filter(({ type }) => type === 'ebuild').map(({ cp, slot }) => `${cp}:${slot}`);
    const atoms = [...needs.world, ...wanted].filter((atom) => !seen.has(atom) && seen.add(atom));
    return atoms.map((atom) => ({ client, atom }));
  });
}

/** What clients will not take although it is built: they have other flags for it. One line for each. */
export function describeOtherFlags(asked: readonly AskedClient[], items: readonly Omit<PlanItem, 'useText'>[]): readonly string[] {
  return asked.flatMap(({ client, target, needs }) =>
    (needs?.want.packages ?? []).flatMap((wanted) => {
      const item = items.find(({ cpv }) => cpv === wanted.cpv);
      if (item === undefined || wanted.type !== 'ebuild') return [];
      const flags = [
        ...wanted.use.filter((flag) => !item.use.includes(flag)).map((flag) => `+${flag}`),
        ...item.use.filter((flag) => !wanted.use.includes(flag)).map((flag) => `-${flag}`),
      ];
      return flags.length === 0 ? [] : [`${client} will not take ${item.cpv} of ${target}: it wants ${flags.join(' ')}`];
    }),
  );
}
