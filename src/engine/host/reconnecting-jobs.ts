import { raceWithAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { JobId, Jobs } from '../../core/job.ts';
import { assertNoSecretInArgv } from '../../core/module-checks/secret-in-argv.ts';
import type { JobState } from '../host-run.ts';
import type { TaskCall } from '../task-call.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { HostLink } from './host-link.ts';
import { createJobRecord, type JobRecord } from './job-record.ts';
import { JOB_RECONNECT_LIMIT_MS, waitForReconnect } from './reconnect.ts';

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
  const { journal } = call.context;
  const record = createJobRecord(call, link, become, jobState);
  const { connectFirst, connectAgain, jobsOver } = createJobConnector(call, link, { become, jobState, record });
  const retryAfterLoss = async <T>(job: JobId, work: (jobs: Jobs) => Promise<T>): Promise<T> => {
    for (let connection = await connectFirst(); ; ) {
      try {
        return await raceWithAbort(work(jobsOver(connection)), link.givenUp);
      } catch (error) {
        connection = await connectAgain(job, connection, error);
      }
    }
  };

  return {
    async start(job, command) {
      const connection = await connectFirst();
      record.started(job);
      await journal.flush();
      const started = { ...assertNoSecretInArgv(command), env: { ...environment, ...command.env } };
      for (let over = connection; ; ) {
        try {
          const how = await jobsOver(over).start(job, started);
          if (how === 'attached') record.attached(job);
          return how;
        } catch (error) {
          over = await connectAgain(job, over, error);
        }
      }
    },
    async *follow(job, fromByte) {
      let at = fromByte;
      for (let connection = await connectFirst(); ; ) {
        try {
          for await (const chunk of jobsOver(connection).follow(job, at)) {
            at += chunk.bytes.length;
            record.readTo(job, at);
            yield chunk;
          }
          return;
        } catch (error) {
          connection = await connectAgain(job, connection, error);
        }
      }
    },
    status: async (job) => record.noteStatus(job, await retryAfterLoss(job, (jobs) => jobs.status(job))),
    cancel: (job, graceMs) => retryAfterLoss(job, (jobs) => jobs.cancel(job, graceMs)),
    async forget(job) {
      await retryAfterLoss(job, (jobs) => jobs.forget(job));
      record.forget(job);
    },
  };
}

interface JobConnector {
  connectFirst(): Promise<Connection>;
  /** The next connection, after an operation failed with a loss. Throws any other error. */
  connectAgain(job: JobId, before: Connection, error: unknown): Promise<Connection>;
  jobsOver(connection: Connection): Jobs;
}

/** Connects for the operations of jobs. Until a job may run on it, a host that does not answer is an error at once. */
function createJobConnector(
  { context, operations, signal }: TaskCall,
  link: HostLink,
  { become, jobState, record }: { readonly become: Become | undefined; readonly jobState: JobState; readonly record: JobRecord },
): JobConnector {
  const connect = (): Promise<Connection> =>
    jobState.mayBeRunning
      ? waitForReconnect(link, { clock: context.clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS })
      : link.connect(signal);
  return {
    connectFirst: connect,
    async connectAgain(job, before, error) {
      if (!isConnectionLoss(error) || signal.aborted) throw error;
      link.reportLoss(before, error);
      const { mayBeRunning } = jobState;
      const next = await connect();
      if (mayBeRunning) record.attached(job);
      return next;
    },
    jobsOver: (connection) => context.hosts.openJobs(operations.watch(link.as(connection, become)), signal),
  };
}
