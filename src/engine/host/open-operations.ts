import type { Connection, Pipe } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { JobId } from '../../core/job.ts';

/** A process or a job that goes on after its task had to end. */
export interface UnendedWork {
  readonly host: string;
  readonly what: string;
  /** The command that ends it. */
  readonly fix: string;
}

/** What one call of a module does on hosts. */
export interface OpenOperations {
  /** The connection, whose operations are watched. */
  watch(connection: Connection): Connection;
  /** A job of the call that may run. `end` ends it. */
  addJob(job: JobId, end: () => Promise<UnendedWork | undefined>): void;
  removeJob(job: JobId): void;
  /** After the signal of the operations was aborted: waits until their processes have ended. Gives those that go on. */
  waitForEnds(): Promise<readonly UnendedWork[]>;
  /** Ends the jobs. Gives those that go on. */
  endJobs(): Promise<readonly UnendedWork[]>;
}

/** A host that does not answer ends no process: longer than this nobody waits. */
const WAIT_MS = 6000;

/** No operations yet. */
export function createOpenOperations(): OpenOperations {
  const open = new Set<Promise<void>>();
  const unended: UnendedWork[] = [];
  const jobs = new Map<JobId, () => Promise<UnendedWork | undefined>>();
  const watchEnd = <T>(promise: Promise<T>): Promise<T> => {
    const ended: Promise<void> = promise.then(
      () => void open.delete(ended),
      (error: unknown) => {
        open.delete(ended);
        unended.push(...readUnended(error));
      },
    );
    open.add(ended);
    return promise;
  };
  const openPipe = async (pipe: Promise<Pipe>): Promise<Pipe> => {
    void watchEnd((await pipe).done).catch(() => undefined);
    return pipe;
  };
  return {
    watch: (connection) => ({
      ...connection,
      exec: (...args) => watchEnd(connection.exec(...args)),
      read: (...args) => watchEnd(connection.read(...args)),
      write: (...args) => watchEnd(connection.write(...args)),
      open: (...args) => watchEnd(openPipe(connection.open(...args))),
    }),
    addJob: (job, end) => void jobs.set(job, end),
    removeJob: (job) => void jobs.delete(job),
    async waitForEnds() {
      const late = startLimit(WAIT_MS);
      while (open.size > 0 && !late.reached) await Promise.race([...open, late.promise]);
      late.stop();
      return unended;
    },
    async endJobs() {
      const ends = await Promise.all([...jobs.values()].map((end) => end()));
      return ends.filter((end) => end !== undefined);
    },
  };
}

function startLimit(ms: number): { readonly promise: Promise<void>; readonly reached: boolean; stop(): void } {
  let reached = false;
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      reached = true;
      resolve();
    }, ms);
  });
  return {
    promise,
    get reached() {
      return reached;
    },
    stop: () => clearTimeout(timer),
  };
}

function readUnended(error: unknown): readonly UnendedWork[] {
  if (!(error instanceof SwarmError) || error.code !== 'SW6050' || error.host === undefined) return [];
  const pids = /\d[\d ]*/.exec(error.message)?.[0].trim() ?? '';
  return [{ host: error.host, what: `process ${pids}`, fix: `swarm exec ${error.host} -- kill -KILL ${pids}` }];
}
