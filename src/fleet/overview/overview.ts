import { type PausedQueue, readPausedQueue } from '../../journal/runs/paused-queue.ts';
import { listRecentRuns, mayStillRun, type RunSummary } from '../../journal/runs/run-list.ts';
import { readSilentItems, type SilentItem } from '../../journal/silent-items.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import type { Project } from '../project/project.ts';
import { type BinhostSummary, summarizeBinhost, summarizeTargets, type TargetSummary } from './binhost-summary.ts';
import type { LiveHost } from './live-host.ts';
import { isOpen, suggestNextCommand } from './next-command.ts';
import { createHostDescriber, type OverviewHost } from './overview-host.ts';
import { type FullDisk, findFullDisk } from './project-disk.ts';

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
    /** The other machine that runs it. */
    readonly orchestrator?: string;
  }[];
  /** Items of runs that go on, which have printed nothing for longer than their limit. */
  readonly silent?: readonly (SilentItem & { readonly run: string })[];
  /** Queues of runs that go on, in which no item starts for a time. */
  readonly paused?: readonly (PausedQueue & { readonly run: string })[];
  readonly binhost: BinhostSummary;
  /** Where the inventory has targets. */
  readonly targets?: readonly TargetSummary[];
  /** The disk of the project, where it is too full for a run. */
  readonly disk?: FullDisk;
  readonly next: string;
}

/** Everything that the project knows, what hosts answered just now, and the one command to type next. `names`: only these hosts; left
 *  out: all but this machine. */
export async function collectOverview(
  project: Project,
  names?: ReadonlySet<string>,
  answers: ReadonlyMap<string, LiveHost> = new Map(),
): Promise<Overview> {
  const runs = listRecentRuns(project.runsDir, SHOWN_RUNS);
  const now = Date.now();
  const describeHost = createHostDescriber(project, runs, answers, now);
  const { hosts: known } = project.inventory;
  const hosts = known.filter((host) => host.routes[0].kind !== 'here').map(describeHost);
  const shown = names === undefined ? hosts : known.filter(({ name }) => names.has(name)).map(describeHost);
  const binhost = await summarizeBinhost(project.inventory.binhost);
  const targets = await summarizeTargets(project);
  const running = runs.filter(mayStillRun);
  const paused = running.flatMap(({ run, file }) => {
    const pause = readPausedQueue(file);
    return pause === undefined ? [] : [{ ...pause, run }];
  });
  const silent = running.flatMap(({ run, file }) => readSilentItems(file).map((each) => ({ ...each, run })));
  const disk = findFullDisk(project.dir);
  return {
    hosts: shown,
    totals: sumHosts(shown),
    runs: selectRuns(runs).map(({ run, playbook, check, status, startedAt, exit, orchestrator }) => ({
      ...{ id: run, playbook, check, status, startedAt },
      exit: exit ?? null,
      ...(orchestrator === undefined ? {} : { orchestrator }),
    })),
    ...(silent.length === 0 ? {} : { silent }),
    ...(paused.length === 0 ? {} : { paused }),
    binhost,
    ...(targets === undefined ? {} : { targets }),
    ...(disk === undefined ? {} : { disk }),
    next:
      disk === undefined
        ? suggestNextCommand(project.inventory.hosts, hosts, runs, binhost, project.inventory.targets, now)
        : `free some space on the disk of this project; to see how full it is, run: df -h ${quoteWord(disk.path)}`,
  };
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
