import type { JobId } from '../../core/job.ts';

/** The jobs of this run that are not known to have ended, by host. */
export interface RunningJobs {
  add(host: string, job: JobId): void;
  remove(host: string, job: JobId): void;
  on(host: string): readonly JobId[];
  all(): readonly { readonly host: string; readonly job: JobId }[];
}

/** An empty list of running jobs. */
export function createRunningJobs(): RunningJobs {
  const jobs = new Map<string, Set<JobId>>();
  return {
    add: (host, job) => void jobs.set(host, (jobs.get(host) ?? new Set()).add(job)),
    remove: (host, job) => void jobs.get(host)?.delete(job),
    on: (host) => [...(jobs.get(host) ?? [])],
    all: () => [...jobs].flatMap(([host, ids]) => [...ids].map((job) => ({ host, job }))),
  };
}
