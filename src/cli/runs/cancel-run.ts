import { SwarmError } from '../../core/error/swarm-error.ts';
import type { RunEvent } from '../../core/event.ts';
import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { findRun, listRuns } from '../../journal/run-list.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import { connect } from '../../remote/connect/connect.ts';
import { openHostJobs } from '../../remote/jobs/detached-jobs.ts';
import { confirm } from '../confirm.ts';
import { printResult } from '../output.ts';
import type { CancelOptions } from './runs-commands.ts';

const GRACE_MS = 20_000;

/** `swarm runs cancel RUN`: ends the process that dispatches, then the jobs that it left on hosts. */
export async function cancelRunCommand(wanted: string | undefined, options: CancelOptions): Promise<number> {
  const project = await openProject(options);
  const run = findRun(project.runsDir, wanted ?? 'last');
  const file = journalPath(project.runsDir, run);
  const summary = listRuns(project.runsDir).find((each) => each.run === run);
  const before = listOpenJobs(iterateJournal(file));
  if (summary?.status !== 'running' && before.length === 0)
    throw new SwarmError('SW1202', `run ${run} has nothing left to cancel`, { hint: `See its results: swarm runs show ${run}` });
  if (
    !options.yes &&
    !(await confirm(
      `Cancel run ${run}${before.length === 0 ? '' : ` and its jobs on ${[...new Set(before.map(({ host }) => host))].join(', ')}`}?`,
    ))
  ) {
    throw new SwarmError('SW1202', 'not cancelled', { hint: 'Confirm the question, or add --yes.' });
  }
  if (summary?.status === 'running' && summary.pid !== undefined) await stopProcess(summary.pid, file);
  const jobs = listOpenJobs(iterateJournal(file));
  const ended = await Promise.all(jobs.map((job) => cancelJob(job, project)));
  printResult(options, { runs: [{ id: run, status: 'cancelled', jobs: ended }] }, () => [
    `run ${run} is cancelled`,
    ...ended.map(({ host, job, status }) => `  ${host}: job ${job} ${status}`),
  ]);
  return ended.some(({ status }) => status !== 'ended') ? 4 : 0;
}

interface OpenJob {
  readonly host: string;
  readonly job: string;
}

function listOpenJobs(events: Iterable<RunEvent>): readonly OpenJob[] {
  const open = new Map<string, OpenJob>();
  for (const event of events) {
    if (event.type === 'job.started' || event.type === 'job.attached') open.set(event.job, { host: event.host, job: event.job });
    if (event.type === 'job.finished') open.delete(event.job);
  }
  return [...open.values()];
}

/** TERM: it starts nothing new, says in its journal what goes on, and ends. Told to stop before, it ends at once. */
async function stopProcess(pid: number, file: string): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for await (const _ of followEvents(file, { stop: AbortSignal.timeout(GRACE_MS) })); // until its last word, or none
}

async function cancelJob({ host, job }: OpenJob, project: Project): Promise<OpenJob & { readonly status: string }> {
  const signal = AbortSignal.timeout(3 * GRACE_MS);
  const hostEntry = project.inventory.hosts.find((each) => each.name === host);
  if (hostEntry === undefined) return { host, job, status: 'is on a host that the inventory no longer has' };
  try {
    await using connection = await connect(hostEntry, makeConnectOptions(project), signal);
    const jobs = openHostJobs(connection, signal);
    await jobs.cancel(job, GRACE_MS);
    return { host, job, status: 'ended' };
  } catch (error) {
    return { host, job, status: `could not be ended: ${error instanceof Error ? error.message : String(error)}` };
  }
}
