import type { Become } from '../inventory/login.ts';
import type { Json, Vars } from '../json-value.ts';
import type { AnyModule } from '../module.ts';
import type { Span } from '../span.ts';

/** CEL text that was parsed and checked when its file was loaded. */
export interface Expr {
  readonly source: string;
  readonly at: Span;
}

/** A role: its name, and its folder as an absolute path. */
export interface Role {
  readonly name: string;
  readonly path: string;
  /** The names of the roles whose tasks include this one, the nearest first. */
  readonly parents?: readonly string[];
}

/** Environment variables of commands, or a template of a mapping or of a list of mappings. */
export type Environment = Readonly<Record<string, string>> | string;

/** A keyword that is true or false, with a template of that. */
export interface Flag {
  readonly keyword: FlagKeyword;
  readonly template: string;
  readonly at: Span;
}

export type FlagKeyword =
  | 'become'
  | 'run_once'
  | 'ignore_errors'
  | 'ignore_unreachable'
  | 'check_mode'
  | 'diff'
  | 'no_log'
  | 'keep_output'
  | 'disruptive';

/** What tasks, blocks and plays have in common. */
export interface StepKeywords {
  readonly name?: string;
  readonly when: readonly Expr[];
  readonly vars: Vars; // templates inside
  readonly tags: readonly string[];
  /** false: explicitly without; absent: as the play or the login says. */
  readonly become?: Become | false;
  /** The user of the login, or a template of it. */
  readonly remoteUser?: string;
  readonly environment: Environment;
  readonly runOnce: boolean;
  readonly delegateTo?: string;
  readonly ignoreErrors: boolean;
  /** The host goes on where it did not answer. */
  readonly ignoreUnreachable: boolean;
  /** On how many hosts at a time; a number, or a template of one. */
  readonly throttle?: number | string;
  /** Only of a role and its handlers: the weakest variables, those in `defaults/`. `vars` are those of the role then. */
  readonly defaults?: Vars;
  /** The role that it belongs to. */
  readonly role?: Role;
  readonly check?: boolean;
  readonly diff?: boolean;
  readonly noLog: boolean;
  /** The journal has all output, also beyond 64 MiB. */
  readonly keepOutput: boolean;
  /** Of those above, the ones that are templates. Until they are rendered they count as not set. */
  readonly flags?: readonly Flag[];
  readonly at: Span;
}

/** `async` and `poll`: commands run as jobs, for at most this time; whether the task waits for them. */
export interface TaskAsync {
  /** A text is a template of a time. */
  readonly limitMs: number | string;
  readonly poll: number | string | undefined;
}

export interface Task extends StepKeywords {
  readonly kind: 'task';
  /** Stable within the playbook: `0.3`, `0.h1` for a handler, `0.4.1` inside a block. */
  readonly id: string;
  readonly module: string;
  /** Set where the module is a keyword of the language, such as `set_fact`. */
  readonly keyword?: KeywordModule;
  /** As written, templates inside; checked against the module's schema again after rendering. */
  readonly args: Json;
  readonly loop?: Expr | readonly Json[];
  readonly loopVar: string;
  /** The variable with the index of a value in the loop, from 0. */
  readonly indexVar?: string;
  /** What is shown of a value of the loop; templates inside. */
  readonly loopLabel?: string;
  /** The time between two values of the loop. */
  readonly loopPauseMs?: number;
  readonly register?: string;
  readonly notify: readonly string[];
  /** For a handler: more names for `notify`. */
  readonly listen: readonly string[];
  readonly until: readonly Expr[];
  /** A text is a template of a number; of `delayMs` and `timeoutMs`, of a time such as `5s`. */
  readonly retries: number | string;
  readonly delayMs: number | string;
  readonly failedWhen: readonly Expr[];
  readonly changedWhen: readonly Expr[];
  readonly timeoutMs?: number | string;
  readonly async?: TaskAsync;
  /** Of a task with a template file: the names that are defined where it stands, beside those that every task may use. */
  readonly namesInSight?: ReadonlySet<string>;
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

/** A step that acts on the play itself. */
export interface MetaStep extends StepKeywords {
  readonly kind: 'meta';
  readonly id: string;
  readonly action: MetaAction;
}

export type MetaAction = (typeof META_ACTIONS)[number];

export const META_ACTIONS = [
  ...(['flush_handlers', 'reset_connection', 'clear_facts', 'clear_host_errors'] as const),
  ...(['end_role', 'end_host', 'end_batch', 'end_play', 'noop'] as const),
] as const;

/** Steps that are chosen while the play runs: of a file, of a role, or a block that is run for each value of a loop. */
export interface IncludeStep {
  readonly kind: 'include';
  /** Decides on each host whether and what is included: `when`, `loop` and the name in its result. */
  readonly task: Task;
  /** The tags of the step count for what is included. */
  readonly inheritsTags: boolean;
  /** The steps of everything that it can name, for checks before the run. */
  readonly candidates: readonly Step[];
  /** The steps for one result of the task. `id` is the beginning of their ids. Throws SW1116 for a name that was not there before the run. */
  read(result: Json, id: string): Promise<readonly Step[]>;
}

export type Step = Task | TaskBlock | MetaStep | IncludeStep;

/** A module that is part of the language. `sets`: the variables that a result gives to the host, for the rest of the run. */
export interface KeywordModule extends AnyModule {
  readonly sets?: (result: Json) => Vars;
}

/** The tasks in the steps, also those in blocks and those that can be included. */
export function listTasks(steps: readonly Step[]): readonly Task[] {
  return steps.flatMap((step): readonly Task[] => {
    if (step.kind === 'task') return [step];
    return step.kind === 'include' ? [step.task, ...listTasks(step.candidates)] : listTasks(innerSteps(step));
  });
}

/** The keywords of a step. */
export const keywordsOf = (step: Step): StepKeywords => (step.kind === 'include' ? step.task : step);

/** The steps inside a step. */
export function innerSteps(step: Step): readonly Step[] {
  if (step.kind === 'block') return [...step.block, ...step.rescue, ...step.always];
  return step.kind === 'include' ? step.candidates : [];
}
