import PQueue from 'p-queue';
import type { Proof } from '../../core/connection.ts';
import type { Disruption } from '../../core/disruption.ts';
import { formatRoughDuration } from '../../core/duration-text.ts';
import { isBlocked } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatDateTime } from '../../core/output/date-text.ts';
import { isCheck } from '../task-call.ts';
import { type DisruptionRequest, refusal } from './disruption-request.ts';

/** How long a host may take to go down after a reboot was requested. */
const SHUTDOWN_MS = 120_000;
const RESTART_BUDGET_MS = 24 * 3600_000;
const PROBES_AT_ONCE = 20;

/** Throws SW3006 where the fleet cannot spare the host now: another host is away, the host was just restarted automatically, or too
 *  few hosts of a group would be left. Returns the rules that passed. */
export async function assertFleetCanSpare(request: DisruptionRequest, proof: Proof): Promise<readonly string[]> {
  await assertNoHostAway(request, proof);
  const automatic = request.change.automatic === true;
  if (automatic) assertBudgetLeft(request);
  await assertQuorum(request);
  return ['nobody away', ...(automatic ? ['budget left'] : []), 'quorum kept'];
}

/** Every host that any run took away must have come back. Closes the log entries of those that have, except
 *  in check mode. */
async function assertNoHostAway(request: DisruptionRequest, proof: Proof): Promise<void> {
  const { call, link } = request;
  const { inventory, fleetProbe, clock } = call.context;
  const now = clock.now();
  const open = fleetProbe.disruptions.list().filter(({ endedAt }) => endedAt === undefined);
  for (const entry of open) {
    const other = inventory.hosts.find(({ name }) => name === entry.host);
    if (other === undefined || isBlocked(other, now)) continue;
    const seen = other.name === link.host.name ? proof : await fleetProbe.prove(loggedInTo(call, other), call.signal);
    const ageMs = now - Date.parse(entry.at);
    const since = `${formatRoughDuration(ageMs)} ago, run ${entry.run}`;
    if (seen === undefined)
      throw refusal(request, 'SW3006', `${entry.host} has not come back (${entry.subject}, ${since})`, returnHint(entry));
    const sameBoot = seen.bootId === entry.bootId && seen.initStart === entry.initStart;
    if (entry.restarts && sameBoot && ageMs < SHUTDOWN_MS)
      throw refusal(request, 'SW3006', `${entry.host} is about to restart and is still up (${since})`, 'Wait two minutes, then run again.');
    if (!isCheck(call)) fleetProbe.disruptions.recordEnd(entry.id, new Date(now).toISOString());
  }
}

const returnHint = ({ host }: Disruption): string =>
  `Check its console, then run: swarm hosts verify ${host}. If it stays away, run: swarm hosts block ${host} --reason WHY --until 7d`;

/** A host is restarted automatically at most once in 24 hours. */
function assertBudgetLeft(request: DisruptionRequest): void {
  const { fleetProbe, clock } = request.call.context;
  const { name } = request.link.host;
  const last = fleetProbe.disruptions.list().findLast(({ host, restarts, automatic }) => host === name && restarts && automatic);
  if (last === undefined || clock.now() - Date.parse(last.at) >= RESTART_BUDGET_MS) return;
  const why = `it was already restarted automatically in the last 24 hours, at ${formatDateTime(last.at)} (run ${last.run})`;
  throw refusal(request, 'SW3006', why, 'Find out why. To reboot it anyway, set `automatic: false`.');
}

/** In each group of the host, at least half of the hosts must be usable without it, and at least one. */
async function assertQuorum(request: DisruptionRequest): Promise<void> {
  const { call, link } = request;
  const { inventory, clock } = call.context;
  const now = clock.now();
  const known = new Map<string, Promise<boolean>>();
  for (const group of link.host.groups) {
    const all = inventory.hosts.filter(({ groups }) => groups.includes(group));
    const others = all.filter(({ name }) => name !== link.host.name);
    if (others.length === 0) continue;
    const needed = Math.max(1, Math.ceil(all.length / 2));
    const usable = await countUpTo(others, needed, (host) => isHostUsable(request, host, known));
    if (usable >= needed) continue;
    const blocked = others.filter((host) => isBlocked(host, now)).map(({ name }) => name);
    const without = blocked.length === 0 ? '' : ` (blocked: ${blocked.join(', ')})`;
    const why = `${group} would have ${usable} usable of ${all.length} hosts, and needs ${needed}${without}`;
    throw refusal(request, 'SW3006', why, `To see which hosts are missing, run: swarm hosts verify ${group}`);
  }
}

/** Counts hosts for which `holds` is true, and stops at `needed`. Asks no more hosts than necessary. */
async function countUpTo(hosts: readonly Host[], needed: number, holds: (host: Host) => Promise<boolean>): Promise<number> {
  const pool = new PQueue({ concurrency: PROBES_AT_ONCE });
  let count = 0;
  for (let next = 0; next < hosts.length && count < needed; ) {
    const some = hosts.slice(next, next + needed - count);
    next += some.length;
    count += (await pool.addAll(some.map((host) => () => holds(host)))).filter(Boolean).length;
  }
  return count;
}

/** The host with the login that the play has. */
const loggedInTo = ({ context }: DisruptionRequest['call'], host: Host): Host => context.hosts.link(host.name)?.host ?? host;

function isHostUsable({ call }: DisruptionRequest, host: Host, known: Map<string, Promise<boolean>>): Promise<boolean> {
  const { fleetProbe, clock } = call.context;
  if (isBlocked(host, clock.now())) return Promise.resolve(false);
  const usable = known.get(host.name) ?? fleetProbe.prove(loggedInTo(call, host), call.signal).then((proof) => proof !== undefined);
  known.set(host.name, usable);
  return usable;
}
