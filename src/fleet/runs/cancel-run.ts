import type { Connection } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import { withPlayLogin } from '../../core/inventory/play-login.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { openJournal } from '../../journal/journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import type { HostJob } from '../../journal/open-jobs.ts';
import { findRun, listRuns } from '../../journal/runs/run-list.ts';
import { openHostJobs } from '../../remote/jobs/detached-jobs.ts';
import type { Project } from '../project/project.ts';
import { listRemainingJobs } from './remaining-jobs.ts';
import { assertMayTakeOver } from './take-over.ts';

const GRACE_MS = 20_000;
/** The exit code of a run whose result is unknown. */
const UNKNOWN_EXIT = 4;

/** What is left of a run: the process of the run, and the jobs on hosts. */
export interface RunRemains {
  readonly run: string;
  readonly pid?: number;
  /** The other machine whose process has ended, as the person says. */
  readonly takeOver?: string;
  readonly jobs: readonly HostJob[];
}

/** A job, and what became of it. `ended`: it does not run any more. */
export interface CancelledJob extends HostJob {
  readonly status: string;
}

/** Finds what is left of a run. Throws SW1202 where nothing is, SW1203 for an unknown run, SW3003 for one of another machine that
 *  `takeOver` does not name. */
export function findRunRemains({ runsDir }: Project, wanted: string, takeOver?: string): RunRemains {
  const run = findRun(runsDir, wanted);
  const runs = listRuns(runsDir);
  const summary = runs.find((each) => each.run === run);
  const elsewhere = assertMayTakeOver(runs, run, takeOver, 'cancel');
  const jobs = listRemainingJobs(runsDir, journalPath(runsDir, run));
  if (elsewhere !== undefined) return { run, jobs, takeOver: elsewhere.orchestrator };
  if (summary?.status !== 'running' && jobs.length === 0)
    throw new SwarmError('SW1202', `run ${run} has nothing left to cancel`, { hint: `See its results: swarm runs show ${run}` });
  return { run, jobs, ...(summary?.status === 'running' && summary.pid !== undefined ? { pid: summary.pid } : {}) };
}

/** Ends the process of a run, then the jobs that it left on hosts. For a job that cannot be ended, the status has the reason. */
export async function cancelRun(
  { inventory, runsDir }: Project,
  { run, pid, takeOver }: RunRemains,
  connect: (host: Host, signal: AbortSignal) => Promise<Connection>,
): Promise<readonly CancelledJob[]> {
  const file = journalPath(runsDir, run);
  if (pid !== undefined) await stopProcess(pid, file);
  if (takeOver !== undefined) await recordEnd(runsDir, run, takeOver);
  const jobs = listRemainingJobs(runsDir, file); // the process may have started more, or ended some
  return Promise.all(
    jobs.map((each) =>
      cancelJob(
        each,
        inventory.hosts.find(({ name }) => name === each.host),
        connect,
      ),
    ),
  );
}

/** On SIGTERM the process starts nothing new, writes to its journal which jobs still run, and ends. */
async function stopProcess(pid: number, file: string): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for await (const _ of followEvents(file, { stop: AbortSignal.timeout(GRACE_MS) })); // until its last event, or none comes
}

/** Writes the end that a process of another machine could not write, so that no run waits for it. */
async function recordEnd(runsDir: string, run: string, takeOver: string): Promise<void> {
  await using journal = await openJournal(runsDir, run, takeOver);
  const ms = Math.max(0, Date.now() - Date.parse(journal.state.startedAt ?? ''));
  journal.emit({ type: 'run.finished', status: 'interrupted', exit: UNKNOWN_EXIT, ms });
}

async function cancelJob(
  { host: name, job, login = {} }: HostJob,
  host: Host | undefined,
  connect: (host: Host, signal: AbortSignal) => Promise<Connection>,
): Promise<CancelledJob> {
  const signal = AbortSignal.timeout(3 * GRACE_MS);
  if (host === undefined) return { host: name, job, status: 'is on a host that the inventory no longer has' };
  try {
    await using connection = await connect(withPlayLogin(host, login), signal);
    await openHostJobs(connection, signal).cancel(job, GRACE_MS);
    return { host: name, job, status: 'ended' };
  } catch (error) {
    return { host: name, job, status: `could not be ended: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** 4 where a job may still run. */
export const cancelExitCode = (jobs: readonly CancelledJob[]): number => (jobs.some(({ status }) => status !== 'ended') ? 4 : 0);
