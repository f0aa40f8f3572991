import { onAbort } from '../../core/abort.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { startTimer } from '../../core/time/timer.ts';

/** The end of a command: its time limit, or that the caller aborts. */
interface Deadline {
  /** Rejects when the time is over or the caller aborts. */
  readonly expired: Promise<never>;
  readonly reason: Error | undefined;
  stop(): void;
}

/** Begins to wait for the end. `ms`: the limit. */
export function startDeadline(signal: AbortSignal, ms: number | undefined): Deadline {
  let reason: Error | undefined;
  let reject: (error: Error) => void = () => undefined;
  const expired = new Promise<never>((_, no) => {
    reject = no;
  });
  expired.catch(() => undefined);
  const stopNow = (error: Error): void => {
    reason ??= error;
    reject(reason);
  };
  const stopTimer = ms === undefined ? undefined : startTimer(ms, () => stopNow(commandTimeoutError(ms)));
  const unwatch = onAbort(signal, () => stopNow(signal.reason instanceof Error ? signal.reason : new Error('stopped')));
  return {
    expired,
    get reason() {
      return reason;
    },
    stop: () => {
      stopTimer?.();
      unwatch();
    },
  };
}

/** SW6002 with the limit that was given. */
export const commandTimeoutError = (ms: number): SwarmError =>
  new SwarmError('SW6002', `the command took longer than ${ms / 1000} s and was ended`, {
    hint: 'To allow more time, set `timeout:` in the task.',
  });
