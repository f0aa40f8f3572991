import type { Host } from '../core/inventory/host.ts';
import type { Json, Vars } from '../core/json-value.ts';
import type { Play } from '../core/playbook/playbook-model.ts';
import type { TaskNotDone } from './dry-run/supplies.ts';

/** One host in a run. A queue gives each item its own copy, with its own registered results. */
export interface HostRun {
  readonly host: Host;
  /** Results of tasks with `register`, by name. */
  registered: ReadonlyMap<string, Json>;
  /** The names among them whose values are templates: those of `include_vars`, which a person wrote. */
  templates: ReadonlySet<string>;
  /** Ids of the handlers that a change on this host notified, in the current play. */
  readonly notified: Set<string>;
  /** Those of them that only unknown results of a dry run notified. */
  readonly notifiedUnknown: Set<string>;
  /** The tasks that a dry run did not do here, or only in part, in their order. */
  readonly notDone: TaskNotDone[];
  /** Ids of tasks that an earlier process of this run did not finish though they began to change something. */
  readonly halfDone: Set<string>;
  /** The item of a queue that this host works on. */
  readonly item: ItemAttempt | undefined;
  facts: Json;
  /** The facts that swarm asked the host for, and the play before which it did. */
  gathered: { readonly play: Play; readonly facts: Vars } | undefined;
  cores: number;
  /** Why no more tasks run on it. */
  endedBy: 'failed' | 'unreachable' | 'refused' | undefined;
  /** True after an event that must be on disk before the task counts as finished. */
  needsFlush: boolean;
}

/** True once a job of the attempt may run on the host. From then on swarm waits for a lost host, and gives its item to no other. */
export interface JobState {
  mayBeRunning: boolean;
}

/** One attempt at an item of a queue. */
export interface ItemAttempt {
  readonly id: string;
  readonly value: Json;
  readonly attempt: number;
  readonly jobState: JobState;
}

/** A host to which nothing is connected yet. */
export function createHostRun(host: Host, halfDone: readonly string[] = []): HostRun {
  return {
    ...{
      host,
      registered: new Map(),
      templates: new Set(),
      notified: new Set(),
      notifiedUnknown: new Set(),
      notDone: [],
      halfDone: new Set(halfDone),
      item: undefined,
      facts: {},
      gathered: undefined,
      cores: host.cores ?? 1,
    },
    ...{ endedBy: undefined, needsFlush: false },
  };
}

/** True while tasks may run on the host. */
export const isActive = (hostRun: HostRun): boolean => hostRun.endedBy === undefined;
