import type { Connection } from '../../core/connection.ts';
import type { Become } from '../../core/host.ts';
import type { JobId, JobStatus, Jobs } from '../../core/job.ts';
import type { Notice } from '../../core/module.ts';
import type { Clock } from '../clock.ts';
import { isLoss, type Link } from './host-link.ts';
import { A_DAY_MS, untilProven } from './reconnect.ts';
import { openWords } from './secret-in-argv.ts';

export interface JobsDeps {
  readonly link: Link;
  readonly become: Become | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  jobsOn(connection: Connection, signal: AbortSignal): Jobs;
  tell(notice: Notice): void;
  durable(): Promise<void>;
  /** Jobs of this run that are not known to have ended, by host. */
  readonly running: RunningJobs;
  /** Set once a job may run: from now on the host is waited for. */
  readonly patience: { begun: boolean };
}

/** Which jobs this run has started and not seen end. */
export interface RunningJobs {
  add(host: string, job: JobId): void;
  remove(host: string, job: JobId): void;
  on(host: string): readonly JobId[];
  all(): readonly { readonly host: string; readonly job: JobId }[];
}

export function runningJobs(): RunningJobs {
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
export function lastingJobs(deps: JobsDeps): Jobs {
  const { link, signal, patience, running, clock } = deps;
  const host = link.host.name;
  const finished = new Set<JobId>();
  const offsets = new Map<JobId, number>();

  const wait = (): Promise<Connection> => untilProven(link, { clock, signal, limitMs: A_DAY_MS });
  // before anything runs there, a host that does not answer is told at once
  const first = (): Promise<Connection> => (patience.begun ? wait() : link.get(signal));
  const on = (connection: Connection): Jobs => deps.jobsOn(link.as(connection, deps.become), signal);
  const attached = (job: JobId): void => deps.tell({ type: 'job.attached', job, offset: offsets.get(job) ?? 0 });
  const begin = (job: JobId): void => {
    patience.begun = true;
    running.add(host, job);
  };
  /** Lets an error through unless it is a loss; then the job, if there may be one, is attached again. */
  const afterLoss = async (job: JobId, connection: Connection, error: unknown): Promise<Connection> => {
    if (!isLoss(error) || signal.aborted) throw error;
    link.lost(connection, error);
    if (!patience.begun) return link.get(signal);
    const next = await wait();
    attached(job);
    return next;
  };
  const lasting = async <T>(job: JobId, work: (jobs: Jobs) => Promise<T>): Promise<T> => {
    for (let connection = await first(); ; ) {
      try {
        return await work(on(connection));
      } catch (error) {
        connection = await afterLoss(job, connection, error);
      }
    }
  };
  const seen = (job: JobId, status: JobStatus): JobStatus => {
    if (status.state === 'running') {
      if (!running.on(host).includes(job)) attached(job); // started by an earlier process of this run
      begin(job);
      return status;
    }
    if (status.state === 'exited' && !finished.has(job)) {
      finished.add(job);
      deps.tell({ type: 'job.finished', job, exit: status.exit, bytes: status.bytes });
    }
    running.remove(host, job);
    return status;
  };

  return {
    async start(job, command) {
      const connection = await first();
      begin(job);
      deps.tell({ type: 'job.started', job, offset: 0 });
      await deps.durable();
      const started = { ...openWords(command), env: { ...deps.environment, ...command.env } };
      for (let over = connection; ; ) {
        try {
          const how = await on(over).start(job, started);
          if (how === 'attached') attached(job);
          return how;
        } catch (error) {
          over = await afterLoss(job, over, error);
        }
      }
    },
    async *follow(job, fromByte) {
      let at = fromByte;
      for (let connection = await first(); ; ) {
        try {
          for await (const chunk of on(connection).follow(job, at)) {
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
    status: async (job) => seen(job, await lasting(job, (jobs) => jobs.status(job))),
    cancel: (job, graceMs) => lasting(job, (jobs) => jobs.cancel(job, graceMs)),
    async forget(job) {
      await lasting(job, (jobs) => jobs.forget(job));
      running.remove(host, job);
    },
  };
}
