import type PQueue from 'p-queue';
import type { Connection } from '../core/connection.ts';
import type { RunEvent, RunEventData } from '../core/event.ts';
import type { HostName } from '../core/inventory/host-name.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { PlayLogin } from '../core/inventory/play-login.ts';
import type { JobId, Jobs } from '../core/job.ts';
import type { Vars } from '../core/json-value.ts';
import type { AskPerson, RunPaths } from '../core/module.ts';
import type { OutputGate } from '../core/output/output-gate.ts';
import type { Play, Playbook } from '../core/playbook/playbook-model.ts';
import type { RunState } from '../core/run-state.ts';
import type { ModuleSource } from '../language/playbook/playbook-files.ts';
import type { Clock } from './clock.ts';
import type { FleetProbe } from './disruption/fleet-probe.ts';
import type { AbsentHosts } from './host/host-absence.ts';
import type { HostLink } from './host/host-link.ts';
import type { RunningJobs } from './host/running-jobs.ts';
import type { HostRun } from './host-run.ts';
import type { HostVariables } from './variables/host-variables.ts';

/** The options of a run, as on the command line. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  /** A dry run that finds something to change ends with exit code 3. */
  readonly detailedExitcode?: boolean;
  readonly forks: number;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly limit?: string;
  /** The task before which the playbook has nothing, for a resumed run. */
  readonly startAt?: string;
  /** Each task is a question first: see `RunDeps.confirmTask`. */
  readonly step?: boolean;
  /** Absolute paths of the inventory, where -i names it. */
  readonly inventory?: readonly string[];
  readonly allowProtected?: HostName;
}

/** What earlier runs took, on hosts with so many cores where that is known. Undefined for a new item. */
export interface PastDurations {
  /** Expected seconds. */
  get(item: string, cores?: number): number | undefined;
  /** One standard deviation, in seconds. Undefined also for an item with one past time. */
  deviation(item: string, cores?: number): number | undefined;
}

/** What earlier runs learnt of hosts. `boot` is what the host proved: facts of another boot are not known. */
export interface FactCache {
  get(host: HostName, boot: string): Vars | undefined;
  set(host: HostName, boot: string, facts: Vars): void;
  forget(host: HostName): void;
}

/** The part of a journal that a run writes to. */
export interface RunRecord {
  readonly run: string;
  readonly state: RunState;
  /** Output beyond 64 MiB of a task is not recorded, unless `keepOutput`. */
  emit(fact: RunEventData, keepOutput?: boolean): RunEvent;
  /** Closed while the disk or a reporter is behind. */
  readonly outputGate: OutputGate;
  /** Resolves when all events so far are on disk. */
  flush(): Promise<void>;
}

/** Asks whether a task runs on hosts. */
export type ConfirmTask = (task: string, hosts: readonly string[]) => Promise<boolean>;

/** What all parts of one run share. */
export interface RunContext {
  readonly playbook: Playbook;
  readonly args: Vars;
  readonly options: RunOptions;
  readonly inventory: Inventory;
  /** Names of the hosts of each group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly targetVariables: Vars;
  readonly paths: RunPaths;
  readonly modules: ModuleSource;
  readonly journal: RunRecord;
  readonly clock: Clock;
  /** Aborted by an interrupt, or when the run cannot continue. */
  readonly signal: AbortSignal;
  /** Ends the run at once with an error. */
  readonly halt: (error: unknown) => void;
  readonly hosts: RunHosts;
  readonly hostVariables: HostVariables;
  readonly pools: RunPools;
  readonly fleetProbe: FleetProbe;
  /** Ids of the items of all queues that were planned by this process. */
  readonly plannedItems: Set<string>;
  /** What earlier runs took for an item. */
  readonly durations: PastDurations;
  readonly facts: RunFacts;
  readonly confirmTask: ConfirmTask | undefined;
  readonly ask: AskPerson | undefined;
}

/** What decides whether a host is asked for facts. */
export interface RunFacts {
  readonly cache: FactCache | undefined;
  /** For each play that began, whether something uses facts that swarm asks the host for, and those in files of the host. */
  readonly uses: { readonly probed: Map<Play, boolean>; readonly local: Map<Play, boolean> };
}

/** The hosts of a run, and the jobs on them. */
export interface RunHosts {
  /** Every host of the inventory, by name. */
  readonly runs: ReadonlyMap<string, HostRun>;
  readonly runningJobs: RunningJobs;
  /** Those that get no work at this time. */
  readonly absent: AbsentHosts;
  link(name: string): HostLink | undefined;
  inventoryLink(name: string): HostLink | undefined;
  /** The link to the same host that logs in as this user. */
  userLink(link: HostLink, user: string): HostLink;
  /** Lets the next operation of each link to the host make a new connection. */
  renewLater(name: string): void;
  setLogins(logins: ReadonlyMap<string, PlayLogin>): void;
  openJobs(connection: Connection, signal: AbortSignal): Jobs;
  /** Every job on the host that was started and not forgotten, by any run. */
  listJobs(connection: Connection, signal: AbortSignal): Promise<readonly JobId[]>;
}

/** The limits of what happens at the same time. */
export interface RunPools {
  /** Tasks: as many as `--forks`. */
  readonly tasks: PQueue;
  /** Disruptive changes: one. */
  readonly disruptions: PQueue;
}
