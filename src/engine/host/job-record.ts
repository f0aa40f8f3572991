import type { Become } from '../../core/inventory/login.ts';
import type { JobId, JobStatus } from '../../core/job.ts';
import type { JobState } from '../host-run.ts';
import { emitNotice, type TaskCall } from '../task-call.ts';
import type { HostLink } from './host-link.ts';
import type { UnendedWork } from './open-operations.ts';

/** What a run knows of the jobs of one call on a host: which of them run, and how far their logs were read. */
export interface JobRecord {
  /** A job is about to start. */
  started(job: JobId): void;
  /** A job that ran already is followed again. */
  attached(job: JobId): void;
  /** The log of a job was read up to this byte. */
  readTo(job: JobId, byte: number): void;
  /** Notes the status that a host told, and returns it. */
  noteStatus(job: JobId, status: JobStatus): JobStatus;
  /** The job runs no longer, or is of no more interest. */
  forget(job: JobId): void;
}

/** How long the end of a job is waited for. */
const END_JOB_MS = 30_000;

/** A record without jobs. `jobState` says for the whole item whether a job may run. */
export function createJobRecord(call: TaskCall, link: HostLink, become: Become | undefined, jobState: JobState): JobRecord {
  const { context } = call;
  const { runningJobs } = context.hosts;
  const host = link.host.name;
  const finished = new Set<JobId>();
  const offsets = new Map<JobId, number>();

  const attached = (job: JobId): void => emitNotice(call, { type: 'job.attached', job, offset: offsets.get(job) ?? 0 }, host);
  const markRunning = (job: JobId): void => {
    jobState.mayBeRunning = true;
    runningJobs.add(host, job);
    call.operations.addJob(job, () => endJob(job));
  };
  const forget = (job: JobId): void => {
    runningJobs.remove(host, job);
    call.operations.removeJob(job);
  };
  /** After the time limit of the task, whose signal is aborted. */
  const endJob = async (job: JobId): Promise<UnendedWork | undefined> => {
    const limit = AbortSignal.any([context.signal, AbortSignal.timeout(END_JOB_MS)]);
    try {
      const jobs = context.hosts.openJobs(link.as(await link.connect(limit), become), limit);
      await jobs.cancel(job, END_JOB_MS / 6);
      noteStatus(job, await jobs.status(job));
      return undefined;
    } catch {
      return { host, what: `job ${job}`, fix: `swarm runs cancel ${context.journal.run}` };
    }
  };
  const noteStatus = (job: JobId, status: JobStatus): JobStatus => {
    if (status.state === 'running') {
      if (!runningJobs.on(host).includes(job)) attached(job); // an earlier process of this run started it
      markRunning(job);
      return status;
    }
    if (status.state === 'exited' && !finished.has(job)) {
      finished.add(job);
      emitNotice(call, { type: 'job.finished', job, exit: status.exit, bytes: status.bytes }, host);
    }
    forget(job);
    return status;
  };

  return {
    started(job) {
      markRunning(job);
      emitNotice(call, { type: 'job.started', job, offset: 0 }, host);
    },
    attached,
    readTo: (job, byte) => void offsets.set(job, byte),
    noteStatus,
    forget,
  };
}
