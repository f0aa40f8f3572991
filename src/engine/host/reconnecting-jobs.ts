import { raceWithAbort } from '../../core/abort.ts';
import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/inventory/login.ts';
import type { JobId, Jobs } from '../../core/job.ts';
import { assertNoSecretInArgv } from '../../core/module-checks/secret-in-argv.ts';
import type { JobState } from '../host-run.ts';
import type { TaskCall } from '../task-call.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { HostLink } from './host-link.ts';
import { createJobRecord } from './job-record.ts';
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
  const { context, signal } = call;
  const { clock, journal } = context;
  const record = createJobRecord(call, link, become, jobState);

  const waitForHost = (): Promise<Connection> => waitForReconnect(link, { clock, signal, limitMs: JOB_RECONNECT_LIMIT_MS });
  // until a job may run, a host that does not answer is an error at once
  const connectFirst = (): Promise<Connection> => (jobState.mayBeRunning ? waitForHost() : link.connect(signal));
  const jobsOver = (connection: Connection): Jobs => context.hosts.openJobs(call.operations.watch(link.as(connection, become)), signal);
  /** The next connection after a loss. Throws any other error. */
  const reconnectAfter = async (job: JobId, connection: Connection, error: unknown): Promise<Connection> => {
    if (!isConnectionLoss(error) || signal.aborted) throw error;
    link.reportLoss(connection, error);
    if (!jobState.mayBeRunning) return link.connect(signal);
    const next = await waitForHost();
    record.attached(job);
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
            record.readTo(job, at);
            yield chunk;
          }
          return;
        } catch (error) {
          connection = await reconnectAfter(job, connection, error);
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
