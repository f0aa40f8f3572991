import type { Proof } from '../../core/connection.ts';
import type { Disruption } from '../../core/disruption.ts';
import type { SwarmError } from '../../core/error.ts';
import { type Host, type Inventory, isBlocked } from '../../core/host.ts';
import type { FleetProbe } from './fleet-probe.ts';
import { refusalFor } from './guard.ts';

/** A machine that was told to restart may take so long to go down. */
const SHUTDOWN_MS = 120_000;
const RESTART_BUDGET_MS = 24 * 3600_000;

/** What a host's going away means for the fleet. */
export interface DisruptionPlan {
  readonly host: Host;
  readonly proof: Proof;
  readonly subject: string;
  readonly restarts: boolean;
  readonly automatic: boolean;
  readonly inventory: Inventory;
  readonly fleetProbe: FleetProbe;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Throws SW3006 where the fleet cannot spare the host now: another one is still away, its budget is spent, or too few of a
 *  group would be left. Gives the rules that were asked. */
export async function assertFleetCanSpare(plan: DisruptionPlan): Promise<readonly string[]> {
  await assertNoHostAway(plan);
  const budget = plan.automatic ? ['budget left'] : [];
  if (plan.automatic) assertBudgetLeft(plan);
  await assertQuorum(plan);
  return ['nobody away', ...budget, 'quorum kept'];
}

/** Whoever was taken out before, by whatever run, must have been seen again; what is seen now is noted. */
async function assertNoHostAway({ host, proof, subject, inventory, fleetProbe, now, signal }: DisruptionPlan): Promise<void> {
  const refuse = refusalFor(subject, host);
  const open = fleetProbe.disruptions.list().filter(({ endedAt }) => endedAt === undefined);
  for (const each of open) {
    const other = inventory.hosts.find(({ name }) => name === each.host);
    const seen =
      other === undefined || isBlocked(other, now) ? undefined : other.name === host.name ? proof : await fleetProbe.prove(other, signal);
    if (other === undefined || isBlocked(other, now)) continue;
    const since = `${Math.max(0, Math.round((now - Date.parse(each.at)) / 60_000))} min ago, run ${each.run}`;
    if (seen === undefined) throw refuse('SW3006', `${each.host} has not come back (${each.subject}, ${since})`, returnHint(each));
    const same = seen.bootId === each.bootId && seen.initStart === each.initStart;
    if (each.restarts && same && now - Date.parse(each.at) < SHUTDOWN_MS)
      throw refuse('SW3006', `${each.host} is about to restart and is still up (${since})`, 'Wait two minutes, then run again.');
    fleetProbe.disruptions.recordEnd(each.id, new Date(now).toISOString());
  }
}

const returnHint = ({ host }: Disruption): string =>
  `look at its console, then: swarm hosts verify ${host}; if it stays away: swarm hosts block ${host} --reason WHY --until 7d`;

function assertBudgetLeft({ host, subject, fleetProbe, now }: DisruptionPlan): void {
  const last = fleetProbe.disruptions.list().findLast((each) => each.host === host.name && each.restarts && each.automatic);
  if (last === undefined || now - Date.parse(last.at) >= RESTART_BUDGET_MS) return;
  const why = `it was already restarted automatically in the last 24 hours, at ${last.at} (run ${last.run})`;
  throw refusalFor(subject, host)('SW3006', why, 'Find out why. To reboot it anyway, set `automatic: false`.');
}

/** Of each of its groups at least half must be usable without it, and at least one host. */
async function assertQuorum(plan: DisruptionPlan): Promise<void> {
  const { host, subject, inventory, now } = plan;
  const known = new Map<string, Promise<boolean>>();
  for (const group of host.groups) {
    const all = inventory.hosts.filter(({ groups }) => groups.includes(group));
    const others = all.filter(({ name }) => name !== host.name);
    if (others.length === 0) continue;
    const need = Math.max(1, Math.ceil(all.length / 2));
    const usableCount = await countUpTo(others, need, (other) => isHostUsable(other, plan, known));
    if (usableCount >= need) continue;
    throw quorumError(
      group,
      { all, usable: usableCount, need, blocked: others.filter((each) => isBlocked(each, now)) },
      refusalFor(subject, host),
    );
  }
}

interface QuorumCount {
  readonly all: readonly Host[];
  readonly usable: number;
  readonly need: number;
  readonly blocked: readonly Host[];
}

function quorumError(
  group: string,
  { all, usable: usableCount, need, blocked }: QuorumCount,
  refuse: ReturnType<typeof refusalFor>,
): SwarmError {
  const without = blocked.length === 0 ? '' : ` (blocked: ${blocked.map(({ name }) => name).join(', ')})`;
  const why = `${group} would have ${usableCount} usable of ${all.length} hosts, and needs ${need}${without}`;
  return refuse('SW3006', why, `To see which hosts are missing, run: swarm hosts verify ${group}`);
}

/** How many hold, asked no further than needed, as many at once as are still needed. */
async function countUpTo(hosts: readonly Host[], need: number, holds: (host: Host) => Promise<boolean>): Promise<number> {
  let usableCount = 0;
  for (let at = 0; at < hosts.length && usableCount < need; ) {
    const some = hosts.slice(at, at + Math.min(need - usableCount, 20));
    at += some.length;
    usableCount += (await Promise.all(some.map(holds))).filter(Boolean).length;
  }
  return usableCount;
}

function isHostUsable(host: Host, { fleetProbe, now, signal }: DisruptionPlan, known: Map<string, Promise<boolean>>): Promise<boolean> {
  if (isBlocked(host, now)) return Promise.resolve(false);
  const asked = known.get(host.name) ?? fleetProbe.prove(host, signal).then((proof) => proof !== undefined);
  known.set(host.name, asked);
  return asked;
}
