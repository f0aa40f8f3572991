import type PQueue from 'p-queue';
import type { Connection } from '../core/connection.ts';
import type { ErrorJson, SwarmError } from '../core/error.ts';
import type { Outcome, RunEvent, RunEventData } from '../core/event.ts';
import type { Host, HostName, Inventory, Json, Vars } from '../core/host.ts';
import type { JobId, Jobs } from '../core/job.ts';
import type { RunPaths } from '../core/module.ts';
import type { Play, Playbook } from '../core/playbook-model.ts';
import type { RunState } from '../core/run-state.ts';
import type { ModuleSource } from '../language/playbook/read-playbook.ts';
import type { Clock } from './clock.ts';
import type { FleetProbe } from './disruption/fleet-probe.ts';
import type { HostLink } from './host/host-link.ts';
import type { RunningJobs } from './host/reconnecting-jobs.ts';

export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly limit?: string;
  readonly allowProtected?: HostName;
}

/** The part of a journal that a run writes to. */
export interface RunRecord {
  readonly run: string;
  readonly state: RunState;
  emit(fact: RunEventData): RunEvent;
  flush(): Promise<void>;
}

/** What every part of one run has in common. */
export interface RunContext {
  readonly playbook: Playbook;
  readonly args: Vars;
  readonly options: RunOptions;
  readonly inventory: Inventory;
  /** Names of the hosts of each group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly paths: RunPaths;
  readonly modules: ModuleSource;
  readonly journal: RunRecord;
  readonly clock: Clock;
  /** Aborted by an interrupt, or when the run cannot go on. */
  readonly signal: AbortSignal;
  /** Ends the run at once, as an interrupt does, with an error. */
  readonly halt: (error: unknown) => void;
  readonly hostRuns: ReadonlyMap<string, HostRun>;
  /** Tasks at the same time: forks. */
  readonly taskPool: PQueue;
  /** One disruptive change in the fleet at a time. */
  readonly disruptionQueue: PQueue;
  /** What a guard sees of the fleet. */
  readonly fleetProbe: FleetProbe;
  readonly runningJobs: RunningJobs;
  link(name: string): HostLink | undefined;
  openJobs(connection: Connection, signal: AbortSignal): Jobs;
  /** Every job that was begun on the host and not forgotten, by whatever run. */
  listJobs(connection: Connection, signal: AbortSignal): Promise<readonly JobId[]>;
  /** Expected seconds of an item, where past runs tell. */
  estimate(item: string): number | undefined;
}

/** A host in a run: what it registered, and whether it is still in. */
export interface HostRun {
  readonly host: Host;
  readonly registered: Map<string, Json>;
  facts: Json;
  /** Why no task runs on it any more. */
  endedBy: 'failed' | 'unreachable' | 'refused' | undefined;
}

/** One play, or one batch of it, under way. */
export interface PlayRun {
  readonly context: RunContext;
  readonly play: Play;
  /** Names of the play's hosts. */
  readonly hosts: readonly string[];
  /** Handlers that a change called for, by host. */
  readonly notified: Map<string, Set<string>>;
  /** Tasks that run once for all hosts, by id: whoever comes first runs it. */
  readonly runOnceResults: Map<string, Promise<TaskResult>>;
  /** Set when too many hosts failed: nothing new is started. */
  stopReason: SwarmError | undefined;
  /** Told about every failure that nothing rescues. */
  recordFailure(member: HostRun): void;
}

export interface TaskResult {
  readonly outcome: Outcome | 'interrupted';
  /** What is registered. */
  readonly result: Json;
  readonly error?: ErrorJson;
  /** A failure that the playbook takes: ignore_errors. */
  readonly ignored: boolean;
}

/** An item of a queue on the host that has it. */
export interface ItemAttempt {
  readonly id: string;
  readonly value: Json;
  readonly attempt: number;
  readonly jobState: { begun: boolean };
}
