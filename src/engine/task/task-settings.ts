import type { Become, Vars } from '../../core/host.ts';
import type { Common, Expr, Play } from '../../core/playbook-model.ts';
import type { ItemAttempt } from '../run-context.ts';

/** What a task has from the play and the blocks around it. */
export interface Frame {
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

export function frameOfPlay(play: Play, item?: ItemAttempt): Frame {
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
export function within(frame: Frame, step: Common): Frame {
  return {
    ...frame,
    vars: [...frame.vars, step.vars],
    when: [...frame.when, ...step.when],
    environment: { ...frame.environment, ...step.environment },
    become: step.become ?? frame.become,
    delegateTo: step.delegateTo ?? frame.delegateTo,
    check: step.check ?? frame.check,
    diff: step.diff ?? frame.diff,
    runOnce: (frame.runOnce || step.runOnce) && frame.item === undefined,
    ignoreErrors: frame.ignoreErrors || step.ignoreErrors,
    noLog: frame.noLog || step.noLog,
  };
}
