import { sleep } from '../core/time/timer.ts';

/** The clock of the engine. Tests have one that does not wait. */
export interface Clock {
  /** Milliseconds since 1970. Never goes back. */
  now(): number;
  /** Rejects where the signal is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const wallClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep,
};
