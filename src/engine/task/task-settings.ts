import type { Become, Vars } from '../../core/host.ts';
import type { Expr, Play, StepKeywords } from '../../core/playbook-model.ts';
import type { ItemAttempt } from '../run-context.ts';

/** What a task has from the play and the blocks around it. */
export interface TaskSettings {
  /** Outermost first. */
  readonly vars: readonly Vars[];
  readonly when: readonly Expr[];
  readonly environment: Readonly<Record<string, string>>;
  readonly become: Become | false | undefined;
  readonly delegateTo: string | undefined;
  readonly check: boolean | undefined;
  readonly diff: boolean | undefined;
  readonly runOnce: boolean;
  readonly ignoreErrors: boolean;
  readonly noLog: boolean;
  /** A rescue: stands by; a failure is not the end of the host. */
  readonly rescued: boolean;
  readonly item: ItemAttempt | undefined;
}

export function playSettings(play: Play, item?: ItemAttempt): TaskSettings {
  return {
    vars: [play.vars],
    when: [],
    environment: play.environment,
    become: play.become,
    delegateTo: undefined,
    check: undefined,
    diff: undefined,
    runOnce: play.runOnce && item === undefined,
    ignoreErrors: false,
    noLog: false,
    rescued: false,
    item,
  };
}

/** The frame inside a block or a task. */
export function inheritSettings(settings: TaskSettings, step: StepKeywords): TaskSettings {
  return {
    ...settings,
    vars: [...settings.vars, step.vars],
    when: [...settings.when, ...step.when],
    environment: { ...settings.environment, ...step.environment },
    become: step.become ?? settings.become,
    delegateTo: step.delegateTo ?? settings.delegateTo,
    check: step.check ?? settings.check,
    diff: step.diff ?? settings.diff,
    runOnce: (settings.runOnce || step.runOnce) && settings.item === undefined,
    ignoreErrors: settings.ignoreErrors || step.ignoreErrors,
    noLog: settings.noLog || step.noLog,
  };
}
