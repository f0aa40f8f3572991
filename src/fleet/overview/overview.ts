import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Block, formatRoute, type Host } from '../../core/host.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import { readRunState } from '../../journal/read-journal.ts';
import { type MisdirectedRoute, readRouteMemory } from '../../journal/route-memory.ts';
import { listRuns, type RunSummary } from '../../journal/run-list.ts';
import type { Project } from '../project/project.ts';
import { type TrustStatus, trustStatus } from '../trust/trust-status.ts';
import { isOpen, suggestNextCommand } from './next-command.ts';

/** A host as `swarm status` shows it. `misdirected`: routes that led to another machine; the name is part of the JSON output. */
export interface OverviewHost {
  readonly name: string;
  readonly status: TrustStatus | 'misdirected';
  readonly cores: number | undefined;
  readonly protected: boolean;
  readonly routes: readonly string[];
  readonly block?: Block;
  readonly misdirected?: readonly { readonly route: string; readonly machine: string | null; readonly since: string }[];
}

/** The project's hosts, open and last runs and binhost, and the one command to type next. */
export interface Overview {
  readonly hosts: readonly OverviewHost[];
  readonly runs: readonly {
    readonly id: string;
    readonly playbook: string;
    readonly check: boolean;
    readonly status: RunSummary['status'];
    readonly startedAt: string;
    readonly exit: number | null;
  }[];
  readonly binhost: BinhostSummary;
  readonly next: string;
}

/** elsewhere: on another host, which is not asked. */
interface BinhostSummary {
  readonly id: string;
  readonly status: 'elsewhere' | 'empty' | 'ok';
  readonly packages: number;
  readonly size: number;
}

/** Everything that the project knows without asking a host, and the one command to type next. */
export async function collectOverview(project: Project): Promise<Overview> {
  const runs = listRuns(project.runsDir);
  const now = Date.now();
  const { misdirected } = readRouteMemory(dirname(project.runsDir), now);
  const hosts = project.inventory.hosts
    .filter((host) => host.routes[0].kind !== 'here')
    .map((host) => ({
      name: host.name,
      status: hostStatus(host, misdirected.get(host.name) ?? [], now),
      cores: host.cores ?? findLastCores(runs, host.name),
      protected: host.protected,
      routes: host.routes.map(formatRoute),
      ...(host.block === undefined ? {} : { block: host.block }),
      ...(misdirected.has(host.name)
        ? {
            misdirected: (misdirected.get(host.name) ?? []).map(({ route, machine, since }) => ({
              route,
              machine: machine ?? null,
              since,
            })),
          }
        : {}),
    }));
  const binhost = await summarizeBinhost(project);
  return {
    hosts,
    runs: selectRuns(runs).map(({ run, playbook, check, status, startedAt, exit }) => ({
      ...{ id: run, playbook, check, status, startedAt },
      exit: exit ?? null,
    })),
    binhost,
    next: suggestNextCommand(project.inventory.hosts, hosts, runs, binhost, now),
  };
}

const SHOWN_RUNS = 5;

/** What is open, then the newest that ended, then the newest dry run. Each newest first. */
export function selectRuns(runs: readonly RunSummary[]): readonly RunSummary[] {
  const open = runs.filter(isOpen).slice(0, SHOWN_RUNS);
  const ended = runs.filter((run) => !isOpen(run) && !run.check).slice(0, Math.max(1, SHOWN_RUNS - open.length));
  const dry = runs.filter((run) => !isOpen(run) && run.check).slice(0, 1);
  return [...open, ...ended, ...dry];
}

/** misdirected: a route led to another machine, and was not seen to lead to the host since. */
function hostStatus(host: Host, misdirected: readonly MisdirectedRoute[], now: number): OverviewHost['status'] {
  const status = trustStatus(host, now);
  return status === 'trusted' && misdirected.length > 0 ? 'misdirected' : status;
}

function findLastCores(runs: readonly RunSummary[], name: string): number | undefined {
  for (const { file } of runs.slice(0, 3)) {
    const cores = readRunState(file).hosts[name]?.cores;
    if (cores !== undefined) return cores;
  }
  return undefined;
}

async function summarizeBinhost({ inventory: { binhost } }: Project): Promise<BinhostSummary> {
  if (binhost.host !== undefined) return { id: `${binhost.host}:${binhost.path}`, status: 'elsewhere', packages: 0, size: 0 };
  if (!existsSync(join(binhost.path, 'Packages'))) return { id: binhost.path, status: 'empty', packages: 0, size: 0 };
  const { packages } = await readBinhostIndex(diskStore(binhost.path));
  const size = packages.reduce((sum, stanza) => sum + Number(stanza.get('SIZE') ?? 0), 0);
  return { id: binhost.path, status: 'ok', packages: packages.length, size };
}
