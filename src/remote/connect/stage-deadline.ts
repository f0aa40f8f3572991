import { SwarmError } from '../../core/error/swarm-error.ts';
import { moreTimeHint, type Stage } from '../../core/inventory/stage-timeouts.ts';
import { startTimer } from '../../core/time/timer.ts';

/** What did not happen in time, as a whole sentence without its end. */
const LATE: Readonly<Record<Exclude<Stage, 'shell' | 'become'>, string>> = {
  connect: 'no answer',
  handshake: 'something answers, but the SSH server did not prove its host key',
  login: 'the machine is the right one, but its SSH server did not accept or refuse the login',
};

/** The time limit of one stage after the other. */
export interface StageDeadline extends Disposable {
  /** Aborts with the error of the stage that took too long, or with the caller's reason. */
  readonly signal: AbortSignal;
  /** Begins a stage: the time of the one before it is over. */
  begin(stage: keyof typeof LATE, ms: number): void;
  /** No stage is under way any more. */
  end(): void;
}

/** A deadline for stages that follow each other. Throws nothing: the signal has the error. */
export function createStageDeadline(outer: AbortSignal): StageDeadline {
  const late = new AbortController();
  let stopTimer: (() => void) | undefined;
  const end = (): void => stopTimer?.();
  return {
    signal: AbortSignal.any([outer, late.signal]),
    begin(stage, ms) {
      end();
      stopTimer = startTimer(ms, () => late.abort(lateError(stage, ms)));
    },
    end,
    [Symbol.dispose]: end,
  };
}

const lateError = (stage: keyof typeof LATE, ms: number): SwarmError =>
  new SwarmError('SW2001', `${LATE[stage]} within ${ms / 1000} s`, stage === 'connect' ? {} : { hint: moreTimeHint(stage, ms) });
