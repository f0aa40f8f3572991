import type { RunEvent } from '../core/event.ts';
import type { PlayLogin } from '../core/inventory/play-login.ts';
import type { JobId } from '../core/job.ts';

/** A job that a run started on a host. */
export interface HostJob {
  readonly host: string;
  readonly job: JobId;
  /** What the play said of the login with which it was started. */
  readonly login?: PlayLogin;
}

/** The jobs that events start and do not end, in the order in which they started. */
export function listOpenJobs(events: Iterable<RunEvent>): readonly HostJob[] {
  const open = new Map<JobId, HostJob>();
  const logins = new Map<string, PlayLogin | undefined>();
  for (const event of events) {
    if (event.type === 'host.connected') logins.set(event.host, event.login);
    if (event.type === 'job.started' || event.type === 'job.attached') {
      const login = logins.get(event.host);
      open.set(event.job, { host: event.host, job: event.job, ...(login === undefined ? {} : { login }) });
    }
    if (event.type === 'job.finished') open.delete(event.job);
  }
  return [...open.values()];
}
