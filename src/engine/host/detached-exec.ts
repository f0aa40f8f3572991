import type { Command, ExecResult, OnLine } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { JobId } from '../../core/job.ts';
import { readJobOutput } from '../../core/output/job-output.ts';
import type { HostApi } from './host-api.ts';

/** Thrown through a module that was only to start a job: its task ends with the id of the job. */
export class JobStarted extends Error {
  readonly job: JobId;

  constructor(job: JobId) {
    super(`started as job ${job}`);
    this.job = job;
  }
}

/** How long the commands of a task may run as jobs, and whether the task waits for them. */
export interface DetachedLimit {
  readonly limitMs: number;
  readonly wait: boolean;
}

/** The same host, where each command runs as a job that outlives the connection. With `poll: 0` the first one ends the task. */
export function withDetachedExec({ probe, remote }: HostApi, { limitMs, wait }: DetachedLimit): HostApi {
  const { jobs, jobId } = remote;
  let count = 0;
  const exec = async (command: Command, onLine?: OnLine): Promise<ExecResult> => {
    const id = count++ === 0 ? jobId : `${jobId}-${count}`;
    const { state } = await jobs.status(id);
    if (state === 'absent') await jobs.start(id, wait ? command : limited(command, limitMs));
    if (!wait) throw new JobStarted(id);
    const begin = performance.now();
    const { stdout, ...truncated } = await readJobOutput(jobs, id, onLine);
    const ended = await jobs.status(id);
    await jobs.forget(id);
    if (ended.state !== 'exited') throw new SwarmError('SW6010', `job ${id} ended without a result`, { detail: stdout });
    return { exit: ended.exit, stdout, stderr: '', ms: Math.round(performance.now() - begin), ...truncated };
  };
  return { probe, remote: { ...remote, exec } };
}

/** Nobody waits for the job, so the host itself ends it. */
const limited = (command: Command, limitMs: number): Command => ({
  ...command,
  argv: ['timeout', '-k', '10', String(Math.ceil(limitMs / 1000)), ...command.argv],
});
