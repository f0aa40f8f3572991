import { dirname } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Block } from '../../core/inventory/block.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { readHealing } from '../../journal/heal-log.ts';
import { type FailedRoute, type MisdirectedRoute, readRouteMemory } from '../../journal/memory/route-memory.ts';
import { type RememberedUnfit, readUnfitDrones } from '../../journal/memory/target-memory.ts';
import { type ChangedTree, readChangedTrees } from '../../journal/memory/tree-memory.ts';
import { readHostCores } from '../../journal/runs/host-cores.ts';
import type { RunSummary } from '../../journal/runs/run-list.ts';
import type { Project } from '../project/project.ts';
import { type TrustStatus, trustStatus } from '../trust/trust-status.ts';
import { type HealSummary, summarizeHealing } from './heal-summary.ts';
import type { LiveHost } from './live-host.ts';

/** A host as `swarm status` shows it, also in JSON. The status `misdirected` stands for `unproven` routes too. */
export interface OverviewHost {
  readonly name: string;
  readonly status: TrustStatus | 'misdirected' | 'unreachable' | 'unfit';
  /** Why it is unfit: the first reason. */
  readonly because?: string;
  /** The targets that it gets nothing of, as the last run or doctor found. */
  readonly unfit?: readonly RememberedUnfit[];
  /** The trees that somebody changed there, as the last push or `push --check` found. */
  readonly changedTrees?: readonly ChangedTree[];
  readonly cores: number | undefined;
  readonly protected: boolean;
  readonly routes: readonly string[];
  readonly block?: Block;
  readonly gone?: Gone;
  /** What was done to heal it lately, the oldest first. */
  readonly healing?: readonly HealSummary[];
  /** What it says of itself just now, where it was asked. */
  readonly live?: LiveHost;
  /** Since when no route led to it, as the last connections found. */
  readonly unreachable?: { readonly since: string; readonly message: string };
  /** Routes on which a machine answers that does not prove to be the host. */
  readonly unproven?: readonly FailedRoute[];
  readonly misdirected?: readonly { readonly route: string; readonly machine: string | null; readonly since: string }[];
}

/** What the memory of the project has of each host, read once for all of them, and what the hosts answered just now. */
export function createHostDescriber(
  project: Project,
  runs: readonly RunSummary[],
  answers: ReadonlyMap<string, LiveHost>,
  now: number,
): (host: Host) => OverviewHost {
  const routes = readRouteMemory(dirname(project.runsDir), now);
  const remembered = readUnfitDrones(dirname(project.runsDir));
  const changedTrees = readChangedTrees(dirname(project.runsDir));
  const cores = readLastCores(runs);
  const records = readHealing(dirname(project.runsDir));
  const healing = summarizeHealing(records instanceof SwarmError ? [] : records, now); // swarm doctor names a damaged file
  return (host) => {
    const misdirected = withoutRemovedRoutes(host, routes.misdirected.get(host.name) ?? []);
    const unproven = withoutRemovedRoutes(host, routes.unproven.get(host.name) ?? []);
    const live = answers.get(host.name);
    const unreachable = live === undefined ? findUnreachable(host, routes.unreachable.get(host.name) ?? []) : findSilent(live, now);
    const unfit = listUnfit(project, host, remembered);
    return {
      name: host.name,
      ...describeUnfit(project, unfit),
      status: hostStatus(trustStatus(host, now), {
        misdirected: misdirected.length + unproven.length > 0,
        unreachable: unreachable !== undefined,
        unfit: unfit.length > 0,
      }),
      cores: host.cores ?? routes.cores.get(host.name) ?? cores.get(host.name),
      protected: host.protected,
      routes: host.routes.map(formatRoute),
      ...(host.block === undefined ? {} : { block: host.block }),
      ...(host.gone === undefined ? {} : { gone: host.gone }),
      ...(changedTrees.has(host.name) ? { changedTrees: changedTrees.get(host.name) ?? [] } : {}),
      ...(healing.has(host.name) ? { healing: healing.get(host.name) ?? [] } : {}),
      ...(unreachable === undefined ? {} : { unreachable }),
      ...(live === undefined ? {} : { live }),
      ...(unproven.length > 0 ? { unproven } : {}),
      ...(misdirected.length > 0 ? { misdirected: misdirected.map(toMisdirected) } : {}),
    };
  };
}

/** What is known of the routes of a host, without those that the inventory does not have any more: nothing tries them again. */
export const withoutRemovedRoutes = <R extends { readonly route: string }>(host: Host, known: readonly R[]): readonly R[] =>
  known.filter(({ route }) => host.routes.map(formatRoute).includes(route));

/** Since when a host that was asked just now is unreachable: since now, where it gave no answer. */
const findSilent = ({ status, error }: LiveHost, now: number): OverviewHost['unreachable'] =>
  status === 'silent' || status === 'unreachable'
    ? { since: new Date(now).toISOString(), message: error?.message ?? 'no answer' }
    : undefined;

const toMisdirected = ({ route, machine, since }: MisdirectedRoute) => ({ route, machine: machine ?? null, since });

/** Since when a host is unreachable, and over which route with what message. Undefined where one of its routes is not known to fail. */
export function findUnreachable(host: Host, known: readonly FailedRoute[]): OverviewHost['unreachable'] {
  const found = host.routes.map(formatRoute).flatMap((route) => known.find((each) => each.route === route) ?? []);
  const [first] = found;
  if (first === undefined || found.length < host.routes.length) return undefined;
  const times = found.map((each) => each.since).toSorted();
  const since = times.at(-1) ?? first.since; // before, one of them was not known to fail
  return { since, message: `${first.route}: ${first.message}` };
}

/** misdirected: a route led to another machine, and was not seen to lead to the host since. unfit: it does not fit one of its targets. */
export function hostStatus(
  trust: TrustStatus,
  found: { readonly misdirected: boolean; readonly unreachable: boolean; readonly unfit: boolean },
): OverviewHost['status'] {
  if (trust !== 'trusted') return trust;
  if (found.misdirected) return 'misdirected';
  if (found.unreachable) return 'unreachable';
  return found.unfit ? 'unfit' : trust;
}

/** Of the targets that the host may build for today. */
const listUnfit = (
  { inventory }: Project,
  { name }: Host,
  remembered: ReadonlyMap<string, readonly RememberedUnfit[]>,
): readonly RememberedUnfit[] =>
  (remembered.get(name) ?? []).filter((one) =>
    inventory.targets.some((target) => target.name === one.target && target.hosts.includes(name)),
  );

function describeUnfit(project: Project, unfit: readonly RememberedUnfit[]): Pick<OverviewHost, 'because' | 'unfit'> {
  const [first] = unfit;
  if (first === undefined) return {};
  const because = project.inventory.targets.length === 1 ? first.because : `${first.target}: ${first.because}`;
  return { because, unfit };
}

/** The cores that each host had in the last three runs, as far as the beginnings of their journals have them. */
function readLastCores(runs: readonly RunSummary[]): ReadonlyMap<string, number> {
  return new Map(
    runs
      .slice(0, 3)
      .reverse()
      .flatMap(({ file }) => [...readHostCores(file)]),
  );
}
