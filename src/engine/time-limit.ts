import type { Clock } from './clock.ts';

/** Runs `work` with a signal that is also aborted after `ms`, with the error that `late` makes. `work` throws that error then. */
export async function runWithLimit<T>(
  clock: Clock,
  { signal, ms, late }: { readonly signal: AbortSignal; readonly ms: number; late(): Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const done = new AbortController();
  clock.sleep(ms, done.signal).then(
    () => limit.abort(late()),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    done.abort();
  }
}
