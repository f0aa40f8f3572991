import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/host.ts';
import type { JobId, JobStatus, Jobs } from '../../core/job.ts';
import type { Notice } from '../../core/module.ts';
import type { Clock } from '../clock.ts';
import { type HostLink, isConnectionLoss } from './host-link.ts';
import { JOB_RECONNECT_LIMIT_MS, waitForReconnect } from './reconnect.ts';
import { assertNoSecretInArgv } from './secret-in-argv.ts';

export interface ReconnectingJobsDeps {
  readonly link: HostLink;
  readonly become: Become | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  openJobs(connection: Connection, signal: AbortSignal): Jobs;
  emit(notice: Notice): void;
  flush(): Promise<void>;
  /** Jobs of this run that are not known to have ended, by host. */
  readonly runningJobs: RunningJobs;
  /** Set once a job may run: from now on the host is waited for. */
  readonly jobState: { begun: boolean };
}

/** Which jobs this run has started and not seen end. */
export interface RunningJobs {
  add(host: string, job: JobId): void;
  remove(host: string, job: JobId): void;
  on(host: string): readonly JobId[];
  all(): readonly { readonly host: string; readonly job: JobId }[];
}

export function createRunningJobs(): RunningJobs {
  const jobs = new Map<string, Set<JobId>>();
  return {
    add: (host, job) => void jobs.set(host, (jobs.get(host) ?? new Set()).add(job)),
    remove: (host, job) => void jobs.get(host)?.delete(job),
    on: (host) => [...(jobs.get(host) ?? [])],
    all: () => [...jobs].flatMap(([host, ids]) => [...ids].map((job) => ({ host, job }))),
  };
}

/**
 * Jobs over a link that may be lost: every operation is repeated over the next proven connection (each may be: a start is
 * at most once on the host), and a log is followed from the last byte. After 24 h without the host: SW2005, unknown.
 */
export function openReconnectingJobs(deps: ReconnectingJobsDeps): Jobs {
  const { link, signal, jobState, runningJobs: running, clock } = deps;
  const host = link.host.name;
  const finished = new Set<JobId>();
  const offsets = new Map<JobId, number>();

  const waitForHost = (): Promise<Connection> => waitForReconnect(link, { clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS });
  // before anything runs there, a host that does not answer is told at once
  const connectFirst = (): Promise<Connection> => (jobState.begun ? waitForHost() : link.connect(signal));
  const jobsOver = (connection: Connection): Jobs => deps.openJobs(link.as(connection, deps.become), signal);
  const emitAttached = (job: JobId): void => deps.emit({ type: 'job.attached', job, offset: offsets.get(job) ?? 0 });
  const markRunning = (job: JobId): void => {
    jobState.begun = true;
    running.add(host, job);
  };
  /** Lets an error through unless it is a loss; then the job, if there may be one, is attached again. */
  const afterLoss = async (job: JobId, connection: Connection, error: unknown): Promise<Connection> => {
    if (!isConnectionLoss(error) || signal.aborted) throw error;
    link.reportLoss(connection, error);
    if (!jobState.begun) return link.connect(signal);
    const next = await waitForHost();
    emitAttached(job);
    return next;
  };
  const retryAfterLoss = async <T>(job: JobId, work: (jobs: Jobs) => Promise<T>): Promise<T> => {
    for (let connection = await connectFirst(); ; ) {
      try {
        return await work(jobsOver(connection));
      } catch (error) {
        connection = await afterLoss(job, connection, error);
      }
    }
  };
  const recordStatus = (job: JobId, status: JobStatus): JobStatus => {
    if (status.state === 'running') {
      if (!running.on(host).includes(job)) emitAttached(job); // started by an earlier process of this run
      markRunning(job);
      return status;
    }
    if (status.state === 'exited' && !finished.has(job)) {
      finished.add(job);
      deps.emit({ type: 'job.finished', job, exit: status.exit, bytes: status.bytes });
    }
    running.remove(host, job);
    return status;
  };

  return {
    async start(job, command) {
      const connection = await connectFirst();
      markRunning(job);
      deps.emit({ type: 'job.started', job, offset: 0 });
      await deps.flush();
      const started = { ...assertNoSecretInArgv(command), env: { ...deps.environment, ...command.env } };
      for (let over = connection; ; ) {
        try {
          const how = await jobsOver(over).start(job, started);
          if (how === 'attached') emitAttached(job);
          return how;
        } catch (error) {
          over = await afterLoss(job, over, error);
        }
      }
    },
    async *follow(job, fromByte) {
      let at = fromByte;
      for (let connection = await connectFirst(); ; ) {
        try {
          for await (const chunk of jobsOver(connection).follow(job, at)) {
            at += chunk.bytes.length;
            offsets.set(job, at);
            yield chunk;
          }
          return;
        } catch (error) {
          connection = await afterLoss(job, connection, error);
        }
      }
    },
    status: async (job) => recordStatus(job, await retryAfterLoss(job, (jobs) => jobs.status(job))),
    cancel: (job, graceMs) => retryAfterLoss(job, (jobs) => jobs.cancel(job, graceMs)),
    async forget(job) {
      await retryAfterLoss(job, (jobs) => jobs.forget(job));
      running.remove(host, job);
    },
  };
}
