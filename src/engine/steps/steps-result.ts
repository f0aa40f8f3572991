import type { ErrorJson } from '../../core/error/swarm-error.ts';
import type { HostRun } from '../host-run.ts';
import type { ResultValues, TaskResult } from '../task/task-result.ts';

/** A host on which a task failed, and how. */
export interface HostFailure {
  readonly hostRun: HostRun;
  readonly outcome: 'failed' | 'unreachable' | 'refused';
  readonly error: ErrorJson | undefined;
  /** The result of the task, where it was one: what `register` keeps, and its name. */
  readonly result?: TaskResult;
}

/** The hosts that continue after some steps, and those that failed. */
export interface StepsResult {
  readonly alive: readonly HostRun[];
  readonly failed: readonly HostFailure[];
}

/** What a task did on several hosts, with the values of each that has any. */
export interface TaskOnHosts extends StepsResult {
  readonly results: ReadonlyMap<HostRun, ResultValues>;
}
