import { setTimeout as wait } from 'node:timers/promises';

/** Time as the engine sees it: tests bring their own and never wait. */
export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number;
  /** Rejects with the signal's reason when that is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const wallClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  async sleep(ms, signal) {
    await wait(ms, undefined, { signal });
  },
};
