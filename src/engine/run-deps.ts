import type { Connection } from '../core/connection.ts';
import type { Host } from '../core/inventory/host.ts';
import type { Inventory } from '../core/inventory/inventory.ts';
import type { JobId, Jobs } from '../core/job.ts';
import type { AskPerson, RunPaths } from '../core/module.ts';
import type { ModuleSource } from '../language/playbook/playbook-files.ts';
import type { Clock } from './clock.ts';
import type { FleetProbe } from './disruption/fleet-probe.ts';
import type { HostAbsence } from './host/host-absence.ts';
import type { ConfirmTask, FactCache, PastDurations, RunRecord } from './run-context.ts';

/** What a run gets from its caller. */
export interface RunDeps {
  readonly inventory: Inventory;
  connect(host: Host, signal: AbortSignal): Promise<Connection>;
  readonly fleetProbe: FleetProbe;
  readonly modules: ModuleSource;
  /** A journal that has events already is that of a resumed run: published items are done, and running jobs are attached. */
  readonly journal: RunRecord;
  readonly paths: RunPaths;
  readonly durations?: PastDurations;
  readonly factCache?: FactCache;
  /** Tells at once, and at each change, which hosts are blocked or gone. Returns what ends that. */
  readonly watchHosts?: (changed: (now: HostAbsence) => void) => () => void;
  /** Aborted by an interrupt, with 'SIGTERM' or another reason: nothing new starts, and jobs on hosts continue. */
  readonly signal: AbortSignal;
  /** Asked before each task, which is skipped without a yes. Left out: every task runs. */
  readonly confirmTask?: ConfirmTask;
  /** For tasks that ask. Left out: there is no terminal. */
  readonly ask?: AskPerson | undefined;
  readonly version?: string;
  readonly clock?: Clock;
  readonly openJobs?: (connection: Connection, signal: AbortSignal) => Jobs;
  readonly listJobs?: (connection: Connection, signal: AbortSignal) => Promise<readonly JobId[]>;
}

/** Durations where no run has ended yet. */
export const NO_DURATIONS: PastDurations = { get: () => undefined, deviation: () => undefined };
