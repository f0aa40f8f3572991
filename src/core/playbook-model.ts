import type { Become } from './inventory/login.ts';
import type { Json, Vars } from './json-value.ts';
import type { Span } from './span.ts';

/** CEL text that was parsed and checked when its file was loaded. */
export interface Expr {
  readonly source: string;
  readonly at: Span;
}

/** One declared argument of a playbook. */
export interface Arg {
  readonly name: string;
  readonly type: 'string' | 'int' | 'bool' | 'list' | 'path';
  readonly positional: boolean;
  readonly required: boolean;
  readonly default?: Json;
  readonly describe?: string;
  readonly choices?: readonly string[];
  /** The least and the greatest value of an int. */
  readonly min?: number;
  readonly max?: number;
  /** What the text, or each entry of the list, has to be. Checked before any host is asked (SW1201, SW1203, SW1205). */
  readonly of?: 'atom' | 'package' | 'target' | 'client' | 'clients' | 'option' | 'plan';
  readonly at: Span;
}

/** What tasks, blocks and plays have in common. */
export interface StepKeywords {
  readonly name?: string;
  readonly when: readonly Expr[];
  readonly vars: Vars; // templates inside
  readonly tags: readonly string[];
  /** false: explicitly without; absent: as the play or the login says. */
  readonly become?: Become | false;
  readonly environment: Readonly<Record<string, string>>;
  readonly runOnce: boolean;
  readonly delegateTo?: string;
  readonly ignoreErrors: boolean;
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly noLog: boolean;
  /** The journal has all output, also beyond 64 MiB. */
  readonly keepOutput: boolean;
  readonly at: Span;
}

export interface Task extends StepKeywords {
  readonly kind: 'task';
  /** Stable within the playbook: `0.3`, `0.h1` for a handler, `0.4.1` inside a block. */
  readonly id: string;
  readonly module: string;
  /** As written, templates inside; checked against the module's schema again after rendering. */
  readonly args: Json;
  readonly loop?: Expr | readonly Json[];
  readonly loopVar: string;
  readonly register?: string;
  readonly notify: readonly string[];
  /** For a handler: more names for `notify`. */
  readonly listen: readonly string[];
  readonly until?: Expr;
  readonly retries: number;
  readonly delayMs: number;
  readonly failedWhen: readonly Expr[];
  readonly changedWhen: readonly Expr[];
  readonly timeoutMs?: number;
  /** The task reboots or stops something: the guards check each of its changes first. */
  readonly disruptive: boolean;
  /** The position in the file of a value inside `args`. */
  locate(path: readonly PropertyKey[]): Span;
}

export interface TaskBlock extends StepKeywords {
  readonly kind: 'block';
  readonly block: readonly Step[];
  readonly rescue: readonly Step[];
  readonly always: readonly Step[];
}

export type Step = Task | TaskBlock;

/** A play whose items go each to one host, whichever is free and fits. */
export interface Queue {
  readonly items: Expr;
  readonly id: Expr;
  readonly needs?: Expr;
  readonly cost?: Expr;
  /** Names of the hosts that may work on an item; absent: all of the play. */
  readonly hosts?: Expr;
  /** A mapping: what a plan shows of an item. */
  readonly show?: Expr;
  readonly attempts: number | Expr;
}

export interface Play {
  readonly name: string;
  readonly hosts: string; // a pattern; templates allowed
  readonly hostsAt: Span;
  readonly vars: Vars;
  readonly become?: Become | false;
  readonly environment: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly serial: readonly (number | `${number}%`)[];
  readonly maxFailPercentage?: number;
  readonly anyErrorsFatal: boolean;
  readonly runOnce: boolean;
  /** Handlers run also where the play failed. */
  readonly forceHandlers: boolean;
  readonly strategy: 'linear' | 'free';
  readonly order: 'inventory' | 'sorted' | 'reverse';
  readonly queue?: Queue;
  readonly steps: readonly Step[];
  readonly handlers: readonly Task[];
  readonly at: Span;
}

export interface Playbook {
  readonly name: string;
  readonly file: string;
  readonly describe?: string;
  readonly args: readonly Arg[];
  readonly vars: Vars;
  readonly plays: readonly [Play, ...Play[]];
}
