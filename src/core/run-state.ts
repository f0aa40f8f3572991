import type { ErrorJson } from './error/swarm-error.ts';
import type { FailureCause, HandlerName, Outcome, PlannedEnd, QueueItem, RunStatus } from './event.ts';
import type { HealOutcome } from './healing.ts';
import type { HealStep } from './inventory/heal.ts';
import type { Json } from './json-value.ts';
import type { ClientPackages, HeldPackageState } from './module.ts';
import { SharedMap } from './reduce/shared-map.ts';
import type { FoundTree } from './tree/found-tree.ts';

export interface HostState {
  readonly phase: 'waiting' | 'connected' | 'running' | 'lost' | 'unreachable' | 'refused';
  readonly route?: string;
  /** It connected more than once in this run. */
  readonly reconnected?: true;
  readonly cores?: number;
  readonly task?: string;
  /** Ids of tasks outside a queue that began to change something and have not finished. A killed run leaves them. */
  readonly changing?: readonly string[] | undefined;
  /** A task outside a queue has begun to change something, whatever became of it. */
  readonly begun?: boolean;
  readonly item?: string;
  /** What the task reports as its current step: `compile`, with the package and the count where it has them. */
  readonly progress?: { readonly phase: string; readonly subject?: string; readonly done?: number; readonly total?: number };
  /** ISO time since which the current task or item runs. */
  readonly since?: string;
  /** ISO time since which its task outside a queue prints nothing, once that is longer than its limit. */
  readonly silentSince?: string | undefined;
  /** `unknown` only of a dry run. */
  readonly tally: Readonly<Record<Exclude<Outcome, 'unknown'>, number>> & { readonly unknown?: number };
  /** Unknown tasks that failed in the dry run. */
  readonly failedInCheck?: number;
  /** Failures that `ignore_errors` or `ignore_unreachable` let pass. The tally counts them as ok, and rescued ones too. */
  readonly ignored?: number;
  readonly rescued?: number;
  /** The last lines of output, newest last. */
  readonly tail: readonly string[];
  readonly lines: number;
  /** Time spent in finished tasks. */
  readonly busyMs?: number;
  /** The step of healing that is done on it. */
  readonly healing?: HealStep;
  readonly setAside: readonly { readonly route: string; readonly status: string; readonly machine?: string }[];
}

export interface ItemState extends QueueItem {
  readonly status: 'queued' | 'running' | 'published' | 'failed' | 'skipped';
  readonly host?: string;
  readonly attempts: number;
  readonly startedAt?: string;
  readonly seconds?: number;
  readonly error?: ErrorJson;
  /** ISO time since which it prints nothing, once that is longer than its limit. */
  readonly silentSince?: string | undefined;
  /** Attempts that failed, in order, with their causes. */
  readonly tries?: readonly { readonly host: string; readonly blame: FailureCause }[];
}

export interface PublishedPackage {
  readonly cpv: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly host: string;
}

export interface ExaminedTarget {
  /** ISO time. */
  readonly at: string;
  readonly fitting: readonly string[];
  readonly unfit: readonly { readonly drone: string; readonly because: string; readonly fix: string }[];
}

/** A step of healing in a run. */
export interface HealState {
  readonly host: string;
  readonly step: HealStep;
  readonly status: 'running' | HealOutcome;
  readonly at: string;
  readonly because?: string;
}

export interface RunState {
  readonly run: string;
  readonly playbook: string;
  readonly args: Json;
  /** The names of the arguments that have the value of their declaration. */
  readonly defaults?: readonly string[];
  readonly check: boolean;
  readonly status: RunStatus;
  readonly exit?: number;
  readonly startedAt?: string;
  readonly ms?: number;
  readonly play?: string;
  readonly hosts: SharedMap<HostState>;
  readonly items: SharedMap<ItemState>;
  readonly published: readonly PublishedPackage[];
  readonly held?: readonly HeldPackageState[];
  /** In the order of their start. */
  readonly healing?: readonly HealState[];
  /** While no item starts, because the drones fail for a cause that they share. */
  readonly paused?: { readonly because: string; readonly until: string } | undefined;
  /** Handlers that were notified and have not run, in the order of their notification. */
  readonly waitingHandlers?: readonly (HandlerName & { readonly host: string })[];
  readonly errors: readonly ErrorJson[];
  readonly notes: readonly string[];
  /** The plan of a queue is empty: everything is done already. */
  readonly nothingToDo?: boolean;
  /** Which drones fit each target, as the run found it. */
  readonly targets?: Readonly<Record<string, ExaminedTarget>>;
  /** The trees that a push found, in the order of the hosts' answers. */
  readonly trees?: readonly (FoundTree & { readonly host: string })[];
  /** What the clients of an update get and do not get, by host. */
  readonly clients?: Readonly<Record<string, ClientPackages>>;
  /** With --check: when the queue would end. */
  readonly plannedEnd?: PlannedEnd;
}

/** A run before its first event. */
export function initialRunState(run: string): RunState {
  return {
    run,
    playbook: '',
    args: null,
    check: false,
    status: 'running',
    hosts: SharedMap.of([]),
    items: SharedMap.of([]),
    published: [],
    errors: [],
    notes: [],
  };
}

/** A host before its first event. */
export const initialHostState: HostState = {
  phase: 'waiting',
  tally: { ok: 0, changed: 0, skipped: 0, failed: 0, unreachable: 0, refused: 0 },
  tail: [],
  lines: 0,
  setAside: [],
};
