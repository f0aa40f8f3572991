import { dirname } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Block } from '../../core/inventory/block.ts';
import type { Gone } from '../../core/inventory/gone.ts';
import type { Host } from '../../core/inventory/host.ts';
import { formatRoute } from '../../core/inventory/route.ts';
import { readHealing } from '../../journal/heal-log.ts';
import { type MisdirectedRoute, readRouteMemory } from '../../journal/memory/route-memory.ts';
import { type RememberedUnfit, readUnfitDrones } from '../../journal/memory/target-memory.ts';
import { readHostCores } from '../../journal/runs/host-cores.ts';
import { type PausedQueue, readPausedQueue } from '../../journal/runs/paused-queue.ts';
import { listRecentRuns, type RunSummary } from '../../journal/runs/run-list.ts';
import { readSilentItems, type SilentItem } from '../../journal/silent-items.ts';
import type { Project } from '../project/project.ts';
import { type TrustStatus, trustStatus } from '../trust/trust-status.ts';
import { type BinhostSummary, summarizeBinhost, summarizeTargets, type TargetSummary } from './binhost-summary.ts';
import { type HealSummary, summarizeHealing } from './heal-summary.ts';
import type { LiveHost } from './live-host.ts';
import { isOpen, suggestNextCommand } from './next-command.ts';

/** A host as `swarm status` shows it. `misdirected`: routes that led to another machine; the name is part of the JSON output. */
export interface OverviewHost {
  readonly name: string;
  readonly status: TrustStatus | 'misdirected' | 'unfit';
  /** Why it is unfit: the first reason. */
  readonly because?: string;
  /** The targets that it gets nothing of, as the last run or doctor found. */
  readonly unfit?: readonly RememberedUnfit[];
  readonly cores: number | undefined;
  readonly protected: boolean;
  readonly routes: readonly string[];
  readonly block?: Block;
  readonly gone?: Gone;
  /** What was done to heal it lately, the oldest first. */
  readonly healing?: readonly HealSummary[];
  /** What it says of itself just now, where it was asked. */
  readonly live?: LiveHost;
  readonly misdirected?: readonly { readonly route: string; readonly machine: string | null; readonly since: string }[];
}

/** The project's hosts, open and last runs and binhost, and the one command to type next. */
export interface Overview {
  readonly hosts: readonly OverviewHost[];
  /** Of the hosts that are listed. `cores`: as far as they are known. */
  readonly totals: { readonly hosts: number; readonly cores: number };
  readonly runs: readonly {
    readonly id: string;
    readonly playbook: string;
    readonly check: boolean;
    readonly status: RunSummary['status'];
    readonly startedAt: string;
    readonly exit: number | null;
  }[];
  /** Items of runs that go on, which have printed nothing for longer than their limit. */
  readonly silent?: readonly (SilentItem & { readonly run: string })[];
  /** Queues of runs that go on, in which no item starts for a time. */
  readonly paused?: readonly (PausedQueue & { readonly run: string })[];
  readonly binhost: BinhostSummary;
  /** Where the inventory has targets. */
  readonly targets?: readonly TargetSummary[];
  readonly next: string;
}

/** Everything that the project knows without asking a host, and the one command to type next. `names`: only these hosts; left out: all
 *  but this machine. */
export async function collectOverview(project: Project, names?: ReadonlySet<string>): Promise<Overview> {
  const runs = listRecentRuns(project.runsDir, SHOWN_RUNS);
  const now = Date.now();
  const describeHost = createHostDescriber(project, runs, now);
  const { hosts: known } = project.inventory;
  const hosts = known.filter((host) => host.routes[0].kind !== 'here').map(describeHost);
  const shown = names === undefined ? hosts : known.filter(({ name }) => names.has(name)).map(describeHost);
  const binhost = await summarizeBinhost(project.inventory.binhost);
  const targets = await summarizeTargets(project);
  const running = runs.filter(({ status }) => status === 'running');
  const paused = running.flatMap(({ run, file }) => {
    const pause = readPausedQueue(file);
    return pause === undefined ? [] : [{ ...pause, run }];
  });
  const silent = running.flatMap(({ run, file }) => readSilentItems(file).map((each) => ({ ...each, run })));
  return {
    hosts: shown,
    totals: sumHosts(shown),
    runs: selectRuns(runs).map(({ run, playbook, check, status, startedAt, exit }) => ({
      ...{ id: run, playbook, check, status, startedAt },
      exit: exit ?? null,
    })),
    ...(silent.length === 0 ? {} : { silent }),
    ...(paused.length === 0 ? {} : { paused }),
    binhost,
    ...(targets === undefined ? {} : { targets }),
    next: suggestNextCommand(project.inventory.hosts, hosts, runs, binhost, project.inventory.targets, now),
  };
}

/** What the memory of the project has of each host: read once for all of them. */
function createHostDescriber(project: Project, runs: readonly RunSummary[], now: number): (host: Host) => OverviewHost {
  const { misdirected } = readRouteMemory(dirname(project.runsDir), now);
  const remembered = readUnfitDrones(dirname(project.runsDir));
  const cores = readLastCores(runs);
  const records = readHealing(dirname(project.runsDir));
  const healing = summarizeHealing(records instanceof SwarmError ? [] : records, now); // swarm doctor names a damaged file
  return (host) => ({
    name: host.name,
    ...describeUnfit(project, host, remembered),
    status: hostStatus(host, misdirected.get(host.name) ?? [], now, listUnfit(project, host, remembered)),
    cores: host.cores ?? cores.get(host.name),
    protected: host.protected,
    routes: host.routes.map(formatRoute),
    ...(host.block === undefined ? {} : { block: host.block }),
    ...(host.gone === undefined ? {} : { gone: host.gone }),
    ...(healing.has(host.name) ? { healing: healing.get(host.name) ?? [] } : {}),
    ...(misdirected.has(host.name)
      ? {
          misdirected: (misdirected.get(host.name) ?? []).map(({ route, machine, since }) => ({
            route,
            machine: machine ?? null,
            since,
          })),
        }
      : {}),
  });
}

/** How many hosts there are, and how many cores they have. */
export const sumHosts = (hosts: readonly Pick<OverviewHost, 'cores'>[]): Overview['totals'] => ({
  hosts: hosts.length,
  cores: hosts.reduce((sum, { cores }) => sum + (cores ?? 0), 0),
});

const SHOWN_RUNS = 5;

/** What is open, then the newest that ended, then the newest dry run. Each newest first. */
export function selectRuns(runs: readonly RunSummary[]): readonly RunSummary[] {
  const open = runs.filter(isOpen).slice(0, SHOWN_RUNS);
  const ended = runs.filter((run) => !isOpen(run) && !run.check).slice(0, Math.max(1, SHOWN_RUNS - open.length));
  const dry = runs.filter((run) => !isOpen(run) && run.check).slice(0, 1);
  return [...open, ...ended, ...dry];
}

/** misdirected: a route led to another machine, and was not seen to lead to the host since. unfit: it fits a target of its own not. */
function hostStatus(
  host: Host,
  misdirected: readonly MisdirectedRoute[],
  now: number,
  unfit: readonly RememberedUnfit[],
): OverviewHost['status'] {
  const status = trustStatus(host, now);
  if (status !== 'trusted') return status;
  return misdirected.length > 0 ? 'misdirected' : unfit.length > 0 ? 'unfit' : status;
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

function describeUnfit(
  project: Project,
  host: Host,
  remembered: ReadonlyMap<string, readonly RememberedUnfit[]>,
): Pick<OverviewHost, 'because' | 'unfit'> {
  const unfit = listUnfit(project, host, remembered);
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
