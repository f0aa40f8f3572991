import type { RunEvent } from '../core/event.ts';
import type { JobId } from '../core/job.ts';

/** A job that a run started on a host. */
export interface HostJob {
  readonly host: string;
  readonly job: JobId;
}

/** The jobs that events start and do not end, in the order in which they started. */
export function listOpenJobs(events: Iterable<RunEvent>): readonly HostJob[] {
  const open = new Map<JobId, HostJob>();
  for (const event of events) {
    if (event.type === 'job.started' || event.type === 'job.attached') open.set(event.job, { host: event.host, job: event.job });
    if (event.type === 'job.finished') open.delete(event.job);
  }
  return [...open.values()];
}
