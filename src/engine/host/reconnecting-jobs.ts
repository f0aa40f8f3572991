import { raceWithAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { JobId, JobStatus, Jobs } from '../../core/job.ts';
import { assertNoSecretInArgv } from '../../core/module-checks/secret-in-argv.ts';
import type { JobState } from '../host-run.ts';
import { emitNotice, type TaskCall } from '../task-call.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { HostLink } from './host-link.ts';
import type { UnendedWork } from './open-operations.ts';
import { JOB_RECONNECT_LIMIT_MS, waitForReconnect } from './reconnect.ts';

/** How long the end of a job is waited for. */
const END_JOB_MS = 30_000;

/**
 * Jobs over a link that may be lost. Every operation is repeated over the next connection; a job starts at most once, and a log
 * continues at the last byte. Throws SW2005 when the host stays away for 24 hours.
 */
export function openReconnectingJobs(
  call: TaskCall,
  link: HostLink,
  {
    become,
    environment,
    jobState,
  }: { readonly become: Become | undefined; readonly environment: Readonly<Record<string, string>>; readonly jobState: JobState },
): Jobs {
  const { context, signal } = call;
  const { clock, journal } = context;
  const { runningJobs } = context.hosts;
  const host = link.host.name;
  const finished = new Set<JobId>();
  const offsets = new Map<JobId, number>();

  const waitForHost = (): Promise<Connection> => waitForReconnect(link, { clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS });
  // until a job may run, a host that does not answer is an error at once
  const connectFirst = (): Promise<Connection> => (jobState.mayBeRunning ? waitForHost() : link.connect(signal));
  const jobsOver = (connection: Connection): Jobs => context.hosts.openJobs(call.operations.watch(link.as(connection, become)), signal);
  const emitAttached = (job: JobId): void => emitNotice(call, { type: 'job.attached', job, offset: offsets.get(job) ?? 0 }, host);
  const markRunning = (job: JobId): void => {
    jobState.mayBeRunning = true;
    runningJobs.add(host, job);
    call.operations.addJob(job, () => endJob(job));
  };
  const forgetRunning = (job: JobId): void => {
    runningJobs.remove(host, job);
    call.operations.removeJob(job);
  };
  /** After the time limit of the task, whose signal is aborted. */
  const endJob = async (job: JobId): Promise<UnendedWork | undefined> => {
    const limit = AbortSignal.any([context.signal, AbortSignal.timeout(END_JOB_MS)]);
    try {
      const jobs = context.hosts.openJobs(link.as(await link.connect(limit), become), limit);
      await jobs.cancel(job, END_JOB_MS / 6);
      recordStatus(job, await jobs.status(job));
      return undefined;
    } catch {
      return { host, what: `job ${job}`, fix: `swarm runs cancel ${journal.run}` };
    }
  };
  /** The next connection after a loss. Throws any other error. */
  const reconnectAfter = async (job: JobId, connection: Connection, error: unknown): Promise<Connection> => {
    if (!isConnectionLoss(error) || signal.aborted) throw error;
    link.reportLoss(connection, error);
    if (!jobState.mayBeRunning) return link.connect(signal);
    const next = await waitForHost();
    emitAttached(job);
    return next;
  };
  const retryAfterLoss = async <T>(job: JobId, work: (jobs: Jobs) => Promise<T>): Promise<T> => {
    for (let connection = await connectFirst(); ; ) {
      try {
        return await raceWithAbort(work(jobsOver(connection)), link.givenUp);
      } catch (error) {
        connection = await reconnectAfter(job, connection, error);
      }
    }
  };
  const recordStatus = (job: JobId, status: JobStatus): JobStatus => {
    if (status.state === 'running') {
      if (!runningJobs.on(host).includes(job)) emitAttached(job); // an earlier process of this run started it
      markRunning(job);
      return status;
    }
    if (status.state === 'exited' && !finished.has(job)) {
      finished.add(job);
      emitNotice(call, { type: 'job.finished', job, exit: status.exit, bytes: status.bytes }, host);
    }
    forgetRunning(job);
    return status;
  };

  return {
    async start(job, command) {
      const connection = await connectFirst();
      markRunning(job);
      emitNotice(call, { type: 'job.started', job, offset: 0 }, host);
      await journal.flush();
      const started = { ...assertNoSecretInArgv(command), env: { ...environment, ...command.env } };
      for (let over = connection; ; ) {
        try {
          const how = await jobsOver(over).start(job, started);
          if (how === 'attached') emitAttached(job);
          return how;
        } catch (error) {
          over = await reconnectAfter(job, over, error);
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
          connection = await reconnectAfter(job, connection, error);
        }
      }
    },
    status: async (job) => recordStatus(job, await retryAfterLoss(job, (jobs) => jobs.status(job))),
    cancel: (job, graceMs) => retryAfterLoss(job, (jobs) => jobs.cancel(job, graceMs)),
    async forget(job) {
      await retryAfterLoss(job, (jobs) => jobs.forget(job));
      forgetRunning(job);
    },
  };
}
