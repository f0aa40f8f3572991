import type { ErrorJson } from './error/swarm-error.ts';
import type { HealOutcome } from './healing.ts';
import type { HealStep } from './inventory/heal.ts';
import type { PlayLogin } from './inventory/play-login.ts';
import type { Json } from './json-value.ts';
import type { Change, Notice } from './module.ts';
import type { Orchestrator } from './program/orchestrator.ts';

/** `unknown`: only in a dry run, of what it cannot find out. `changed` means in it that a real run would change something. */
export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'refused' | 'unknown';
export type RunStatus = 'running' | 'ok' | 'failed' | 'interrupted';

type HostEvent<T extends string> = { readonly type: T; readonly host: string };
/** `task` is the id of the task in its playbook; `item` is that of a queue, `loop` the index in a loop. */
type TaskEvent<T extends string> = HostEvent<T> & { readonly task: string; readonly item?: string };

export interface QueueItem {
  readonly id: string;
  readonly needs: readonly string[];
  /** Expected seconds, if known from past runs. */
  readonly estimate?: number;
  /** What `show:` of the queue gives: what a plan shows of the item. */
  readonly shown?: { readonly [key: string]: Json };
  /** With --check: where and when it is expected to run. Absent where no host may run it. */
  readonly planned?: PlannedStart;
}

/** Where and when an item is expected to run if nothing fails. */
export interface PlannedStart {
  readonly host: string;
  /** Its position in the order of starts, from 1. */
  readonly order: number;
  /** Seconds from the start of the queue. */
  readonly start: number;
  /** How long it takes; assumed where past runs do not show it. */
  readonly seconds: number;
  /** It is on the critical path: if it takes longer, the end moves. */
  readonly critical: boolean;
}

/** When a queue is expected to end, in seconds from its start. `spread`: one standard deviation. */
export interface PlannedEnd {
  readonly seconds: number;
  readonly spread: number;
}

/** A handler: its task id and its name. */
export interface HandlerName {
  readonly id: string;
  readonly name: string;
}

/** Everything that can happen in a run, as data. src/report makes sentences of it. */
export type RunEventData =
  | {
      readonly type: 'run.started';
      readonly playbook: string;
      /** The playbook's file, for a resumed run. */
      readonly file?: string;
      readonly args: Json;
      /** The names of the arguments that have the value of their declaration. Older journals have none. */
      readonly defaults?: readonly string[];
      readonly hosts: readonly string[];
      readonly check: boolean;
      readonly diff: boolean;
      /** Which tasks run, and on how many hosts at a time. A resumed run keeps them. Older journals have none. */
      readonly tags?: readonly string[];
      readonly skipTags?: readonly string[];
      readonly forks?: number;
      /** The task with which the run starts; those before it are left out. */
      readonly startAt?: string;
      /** A question before each task. */
      readonly step?: boolean;
      /** What -i named, as absolute paths. A resumed run reads it again. */
      readonly inventory?: readonly string[];
      readonly pid: number;
      /** The machine of that process. Older journals have none. */
      readonly orchestrator?: Orchestrator;
      readonly version: string;
      readonly resumed?: boolean;
    }
  | {
      readonly type: 'play.started';
      readonly play: string;
      readonly hosts: readonly string[];
      readonly tasks: number;
      readonly queue: boolean;
    }
  | (HostEvent<'host.connected'> & {
      readonly route: string;
      readonly fingerprint?: string;
      readonly cores: number;
      readonly ms: number;
      /** Where the play says it, and not the inventory. */
      readonly login?: PlayLogin;
    })
  /** A route that is not used: no machine answers, or another one does (`machine`: its name in the inventory). */
  | (HostEvent<'route.setAside'> & {
      readonly route: string;
      readonly status: 'unreachable' | 'misdirected' | 'untrusted';
      readonly machine?: string;
      readonly error: ErrorJson;
    })
  /** A route that was tested again and leads to the host. This replaces earlier events of the route. */
  | (HostEvent<'route.proven'> & { readonly route: string })
  /** The guard allows a disruptive change; `rules`: what it checked, in this order. */
  | (TaskEvent<'guard.passed'> & { readonly subject: string; readonly rules: readonly string[]; readonly allowed?: string })
  | (HostEvent<'host.lost'> & { readonly error: ErrorJson })
  | (HostEvent<'host.unreachable'> & { readonly error: ErrorJson })
  | (HostEvent<'host.refused'> & { readonly error: ErrorJson })
  /** A drone that failed for its own fault: a step starts, and how it ended. `heal.skipped`: why none is done, said once. */
  | (HostEvent<'heal.started'> & { readonly step: HealStep })
  | (HostEvent<'heal.finished'> & {
      readonly step: HealStep;
      readonly outcome: HealOutcome;
      readonly ms: number;
      readonly error?: ErrorJson;
    })
  | (HostEvent<'heal.skipped'> & { readonly because: string })
  /** No item starts until then: the drones fail for a cause that they share. Absent `hosts`: it goes on. */
  | { readonly type: 'queue.paused'; readonly because: string; readonly until: string; readonly hosts?: readonly string[] }
  | { readonly type: 'queue.resumed' }
  /** It gets no more items in this run. */
  | (HostEvent<'host.setAside'> & { readonly because: string })
  /** Its task outside a queue has printed nothing for its limit, since the time `since`. `host.heard`: it goes on. */
  | (HostEvent<'host.silent'> & { readonly task: string; readonly since: string; readonly ms: number })
  | HostEvent<'host.heard'>
  | (TaskEvent<'task.started'> & { readonly name: string; readonly module: string; readonly loop?: number; readonly label?: string })
  | (TaskEvent<'task.changed'> & {
      readonly verb: Change['verb'];
      readonly subject: string;
      readonly before?: string;
      readonly after?: string;
    })
  /** A change notified these handlers of the play. They run at its end. */
  | (TaskEvent<'handlers.notified'> & { readonly handlers: readonly HandlerName[] })
  | (TaskEvent<'task.retried'> & { readonly attempt: number; readonly of: number })
  | (TaskEvent<'task.finished'> & {
      readonly name: string;
      readonly outcome: Outcome;
      readonly ms: number;
      /** The failure stops nothing: `ignore_errors`, `ignore_unreachable` or a `rescue`. */
      readonly ignored?: boolean;
      /** The `rescue` of its block handles the failure. */
      readonly rescued?: boolean;
      /** Why the outcome is `unknown`. */
      readonly because?: string;
      /** True where it is unknown because it failed in a dry run, and a task before may change that. */
      readonly failedInCheck?: boolean;
      readonly result?: Json;
      readonly error?: ErrorJson;
    })
  | (HostEvent<Notice['type']> & { readonly task: string; readonly item?: string } & Notice)
  | { readonly type: 'queue.planned'; readonly items: readonly QueueItem[]; readonly end?: PlannedEnd }
  | (HostEvent<'item.started'> & { readonly item: string; readonly attempt: number })
  | (HostEvent<'item.finished'> & { readonly item: string; readonly attempt: number; readonly ms: number })
  | (HostEvent<'item.failed'> & {
      readonly item: string;
      readonly attempt: number;
      readonly ms: number;
      /** The cause; only `host` and `unknown` count against the host. */
      readonly blame: FailureCause;
      /** No further attempt follows. */
      readonly final: boolean;
      readonly error: ErrorJson;
    })
  /** It has printed nothing for its limit, since the time `since`. */
  | (HostEvent<'item.silent'> & { readonly item: string; readonly since: string; readonly ms: number })
  /** It was silent, and prints again. */
  | (HostEvent<'item.heard'> & { readonly item: string })
  /** Never started, because an item that it needs failed. */
  | { readonly type: 'item.skipped'; readonly item: string; readonly because: string }
  /** Of an earlier process of this run. The new plan no longer has it. */
  | { readonly type: 'item.dropped'; readonly item: string }
  | { readonly type: 'run.note'; readonly text: string }
  | { readonly type: 'run.message'; readonly text: string; readonly title?: string }
  | { readonly type: 'run.failed'; readonly error: ErrorJson }
  | { readonly type: 'run.finished'; readonly status: Exclude<RunStatus, 'running'>; readonly exit: number; readonly ms: number };

export type FailureCause = 'link' | 'host' | 'package' | 'plan' | 'service' | 'unknown';

/** `seq` counts from 0 without gaps within a run; `at` is an ISO time. The same object on disk and in ndjson. */
export type RunEvent = { readonly v: 1; readonly run: string; readonly seq: number; readonly at: string } & RunEventData;

/** The event of a type, or of one of several types. */
export type EventOf<T extends RunEventData['type']> = Extract<RunEvent, { readonly type: T }>;
