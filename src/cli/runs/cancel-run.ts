import { SwarmError } from '../../core/error.ts';
import type { RunEvent } from '../../core/event.ts';
import { reach } from '../../fleet/connection/connectors.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { liveEvents } from '../../journal/follow-journal.ts';
import { eventsFile } from '../../journal/journal-path.ts';
import { findRun, listRuns } from '../../journal/read-journal.ts';
import { recordsOf } from '../../journal/scan-journal.ts';
import { connect } from '../../remote/connect/connect.ts';
import { jobsOn } from '../../remote/jobs/detached-jobs.ts';
import { confirmed } from '../confirm.ts';
import type { RunFlags } from '../options.ts';
import { print } from '../output.ts';

const GRACE_MS = 20_000;

/** `swarm runs cancel RUN`: ends the process that dispatches, then the jobs that it left on hosts. */
export async function cancelCommand(named: string | undefined, options: RunFlags): Promise<number> {
  const project = await openProject(options);
  const run = findRun(project.runs, named ?? 'last');
  const file = eventsFile(project.runs, run);
  const summary = listRuns(project.runs).find((each) => each.run === run);
  const before = openJobs(recordsOf(file));
  if (summary?.status !== 'running' && before.length === 0)
    throw new SwarmError('SW1202', `run ${run} has nothing left to cancel`, { hint: `swarm runs show ${run}` });
  if (
    !options.yes &&
    !(await confirmed(
      `Cancel run ${run}${before.length === 0 ? '' : ` and its jobs on ${[...new Set(before.map(({ host }) => host))].join(', ')}`}?`,
    ))
  ) {
    throw new SwarmError('SW1202', 'not cancelled', { hint: '--yes answers without asking' });
  }
  if (summary?.status === 'running' && summary.pid !== undefined) await endProcess(summary.pid, file);
  const jobs = openJobs(recordsOf(file));
  const ended = await Promise.all(jobs.map((job) => endJob(job, project)));
  print(options, { runs: [{ id: run, status: 'cancelled', jobs: ended }] }, () => [
    `run ${run} is cancelled`,
    ...ended.map(({ host, job, status }) => `  ${host}: job ${job} ${status}`),
  ]);
  return ended.some(({ status }) => status !== 'ended') ? 4 : 0;
}

interface Job {
  readonly host: string;
  readonly job: string;
}

function openJobs(events: Iterable<RunEvent>): readonly Job[] {
  const open = new Map<string, Job>();
  for (const event of events) {
    if (event.type === 'job.started' || event.type === 'job.attached') open.set(event.job, { host: event.host, job: event.job });
    if (event.type === 'job.finished') open.delete(event.job);
  }
  return [...open.values()];
}

/** TERM: it starts nothing new, says in its journal what goes on, and ends. Told to stop before, it ends at once. */
async function endProcess(pid: number, file: string): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for await (const _ of liveEvents(file, { stop: AbortSignal.timeout(GRACE_MS) })); // until its last word, or none
}

async function endJob({ host, job }: Job, project: Project): Promise<Job & { readonly status: string }> {
  const signal = AbortSignal.timeout(3 * GRACE_MS);
  const found = project.inventory.hosts.find((each) => each.name === host);
  if (found === undefined) return { host, job, status: 'is on a host that the inventory no longer has' };
  try {
    await using link = await connect(found, reach(project), signal);
    const jobs = jobsOn(link, signal);
    await jobs.cancel(job, GRACE_MS);
    return { host, job, status: 'ended' };
  } catch (error) {
    return { host, job, status: `could not be ended: ${error instanceof Error ? error.message : String(error)}` };
  }
}
