import type { Become } from '../../core/inventory/login.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import type { Environment, Expr, Flag, Role, StepKeywords, Task } from '../../core/playbook/step-model.ts';

/** What a task inherits from the play and the blocks around it. */
export interface TaskSettings {
  /** For the variables `play` and `hosts`, and what `notify:` names. */
  readonly play: { readonly name: string; readonly hosts: readonly string[]; readonly handlers: readonly Task[] };
  /** Of the play and of roles, outermost first. They are weaker than those of every block and task, whatever is inside what. */
  readonly roleVars: readonly Vars[];
  /** Of blocks and tasks, outermost first. */
  readonly vars: readonly Vars[];
  /** The weakest variables, outermost first: defaults of roles. */
  readonly defaults: readonly Vars[];
  /** The strongest: those of the loops around. */
  readonly loopVars: Vars;
  /** Of the play and its blocks. */
  readonly tags: readonly string[];
  readonly role: Role | undefined;
  readonly when: readonly Expr[];
  /** Outermost first. */
  readonly environments: readonly Environment[];
  readonly become: Become | false | undefined;
  /** Of a task or a block: the login of a play is set on its hosts. */
  readonly remoteUser: string | undefined;
  readonly delegateTo: string | undefined;
  readonly check: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly runOnce: boolean;
  readonly ignoreErrors: boolean;
  readonly ignoreUnreachable: boolean;
  readonly throttle: number | string | undefined;
  readonly noLog: boolean;
  readonly keepOutput: boolean;
  /** Keywords that are templates, outermost first. */
  readonly flags: readonly Flag[];
  /** Only of a task, where that is a template. */
  readonly disruptive: boolean;
  /** True inside a block with `rescue:`, where a failure does not end the host. */
  readonly rescued: boolean;
  /** True for a task to which the person said no. */
  readonly declined: boolean;
  /** True inside `always:`, which runs even where the play has stopped. */
  readonly always: boolean;
  /** In a handler: how often handlers ran in this play, with this time. */
  readonly flushes: number;
}

/** The settings of a play, outside all blocks. `hosts` are the names of its hosts. */
export function playSettings(play: Play, hosts: readonly string[]): TaskSettings {
  return {
    play: { name: play.name, hosts, handlers: play.handlers },
    roleVars: [play.vars],
    vars: [],
    defaults: [play.defaults],
    loopVars: {},
    tags: play.tags,
    role: undefined,
    when: play.when,
    environments: [play.environment],
    become: play.become,
    remoteUser: undefined,
    delegateTo: undefined,
    check: undefined,
    diff: undefined,
    runOnce: play.runOnce,
    ignoreErrors: false,
    ignoreUnreachable: play.ignoreUnreachable,
    throttle: play.throttle,
    noLog: false,
    keepOutput: false,
    flags: play.flags ?? [],
    disruptive: false,
    rescued: false,
    declined: false,
    always: false,
    flushes: 0,
  };
}

/** The settings inside a block or a task. */
export function inheritSettings(settings: TaskSettings, step: StepKeywords): TaskSettings {
  return {
    ...settings,
    ...(step.defaults === undefined
      ? { vars: [...settings.vars, step.vars] }
      : { defaults: [...settings.defaults, step.defaults], roleVars: [...settings.roleVars, step.vars] }),
    role: step.role ?? settings.role,
    when: [...settings.when, ...step.when],
    environments: [...settings.environments, step.environment],
    become: step.become ?? settings.become,
    remoteUser: step.remoteUser ?? settings.remoteUser,
    delegateTo: step.delegateTo ?? settings.delegateTo,
    check: step.check ?? settings.check,
    diff: step.diff ?? settings.diff,
    runOnce: settings.runOnce || step.runOnce,
    ignoreUnreachable: settings.ignoreUnreachable || step.ignoreUnreachable,
    throttle: step.throttle ?? settings.throttle,
    ignoreErrors: settings.ignoreErrors || step.ignoreErrors,
    noLog: settings.noLog || step.noLog,
    keepOutput: settings.keepOutput || step.keepOutput,
    flags: [...settings.flags.filter(({ keyword }) => !isFixed(step, keyword)), ...(step.flags ?? [])],
  };
}

/** Whether a step has a value of its own for a keyword, which counts more than a template around it. */
const isFixed = ({ become, check, diff, flags = [] }: StepKeywords, keyword: Flag['keyword']): boolean => {
  if (flags.some((flag) => flag.keyword === keyword)) return ['become', 'check_mode', 'diff'].includes(keyword);
  const own: Partial<Record<Flag['keyword'], unknown>> = { become, check_mode: check, diff };
  return own[keyword] !== undefined;
};
