import type { ErrorJson } from '../error/swarm-error.ts';
import type { Become } from '../inventory/login.ts';
import type { Json, Vars } from '../json-value.ts';
import type { Span } from '../span.ts';
import type { Environment, Expr, Flag, Step, Task } from './step-model.ts';

/** One declared argument of a playbook. */
export interface Arg {
  readonly name: string;
  readonly type: 'string' | 'int' | 'bool' | 'list' | 'path';
  readonly positional: boolean;
  readonly required: boolean;
  readonly default?: Json;
  readonly describe?: string;
  /** On a terminal its value is asked for, and shown while it is typed or not. */
  readonly ask?: 'shown' | 'hidden';
  readonly choices?: readonly string[];
  /** The least and the greatest value of an int. */
  readonly min?: number;
  readonly max?: number;
  /** What the text, or each entry of the list, has to be. Checked before any host is asked (SW1201, SW1203, SW1205). */
  readonly of?: 'atom' | 'package' | 'target' | 'client' | 'clients' | 'option' | 'plan';
  readonly at: Span;
}

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
  /** The defaults of its roles. */
  readonly defaults: Vars;
  /** Of the `import_playbook` that it comes from. */
  readonly when: readonly Expr[];
  readonly become?: Become | false;
  /** The user of the login on its hosts, and the port of their routes; templates allowed. */
  readonly remoteUser?: string;
  readonly port?: number | string;
  readonly environment: Environment;
  readonly tags: readonly string[];
  readonly ignoreUnreachable: boolean;
  readonly throttle?: number | string;
  readonly serial: readonly (number | `${number}%`)[];
  readonly maxFailPercentage?: number;
  readonly anyErrorsFatal: boolean;
  readonly runOnce: boolean;
  /** Handlers run also where the play failed. */
  readonly forceHandlers: boolean;
  readonly strategy: 'linear' | 'free' | 'host_pinned';
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  /** Whether swarm asks the hosts for facts before the play: always, never, or where something uses one that is not known yet. */
  readonly gatherFacts: boolean | 'smart';
  /** Something in the files uses a fact that swarm asks the host for. */
  readonly usesFacts: boolean;
  /** Something in the files uses a fact that files of the host hold. */
  readonly usesLocalFacts: boolean;
  /** Something in the files reads `hostvars`. */
  readonly usesHostVariables: boolean;
  readonly queue?: Queue;
  readonly steps: readonly Step[];
  readonly handlers: readonly Task[];
  readonly flags?: readonly Flag[];
  /** Keywords of the play itself that are templates: their values are known when it starts. */
  readonly templates?: PlayTemplates;
  readonly at: Span;
}

/** The templates of the keywords that say how a play runs. */
export type PlayTemplates = { readonly [K in PlayTemplate]?: Json };

export type PlayTemplate = 'serial' | 'max_fail_percentage' | 'any_errors_fatal' | 'force_handlers' | 'run_once' | 'ignore_unreachable';

export interface Playbook {
  readonly name: string;
  readonly file: string;
  readonly describe?: string;
  readonly args: readonly Arg[];
  readonly vars: Vars;
  readonly plays: readonly [Play, ...Play[]];
  /** Names that its texts use or its tasks set, beside those that swarm sets itself. */
  readonly usedNames?: readonly string[];
  /** Names that every task may use beside its own variables. Absent where they are not all known. */
  readonly definedNames?: ReadonlySet<string>;
  /** What was read in another way than it is written. */
  readonly warnings?: readonly ErrorJson[];
}
