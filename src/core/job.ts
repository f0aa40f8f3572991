import type { Command } from './connection.ts';

/** A name, not a number: made of run, item, host and attempt, so that starting it again attaches. */
export type JobId = string;

export type JobStatus =
  | { readonly state: 'running'; readonly bytes: number }
  | { readonly state: 'exited'; readonly exit: number; readonly bytes: number }
  /** Started, no longer alive, no result: killed, out of memory, or the machine rebooted under it. */
  | { readonly state: 'died'; readonly bytes: number; readonly rebooted: boolean }
  | { readonly state: 'absent' };

/** Detached work on a host: it outlives the connection, this process and this machine. */
export interface Jobs {
  /** Starts at most once: an id that exists is attached to. */
  start(id: JobId, command: Command): Promise<'started' | 'attached'>;
  /** The job's output (both streams) from a byte offset on; ends when the job has ended and all is read. */
  follow(id: JobId, fromByte: number): AsyncIterable<{ readonly offset: number; readonly bytes: Uint8Array }>;
  status(id: JobId): Promise<JobStatus>;
  /** TERM to the whole session of processes, KILL after the grace time. */
  cancel(id: JobId, graceMs?: number): Promise<void>;
  /** Removes the files of the job on the host. Only after its result is stored on the orchestrator. */
  forget(id: JobId): Promise<void>;
}
