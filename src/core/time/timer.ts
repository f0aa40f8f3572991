import { setTimeout as wait } from 'node:timers/promises';

/** The longest time that a timer of Node takes, almost 25 days. A longer one ends at once. */
const MAX_MS = 2 ** 31 - 1;

/** Calls `act` after so many milliseconds, also after weeks. The result ends the waiting. */
export function startTimer(ms: number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const waitFor = (left: number): void => {
    timer = setTimeout(() => (left > MAX_MS ? waitFor(left - MAX_MS) : act()), Math.min(left, MAX_MS));
  };
  waitFor(ms);
  return () => clearTimeout(timer);
}

/** Waits so many milliseconds, also weeks. Rejects where the signal is aborted first. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; ; left -= MAX_MS) {
    await wait(Math.min(left, MAX_MS), undefined, { signal });
    if (left <= MAX_MS) return;
  }
}
