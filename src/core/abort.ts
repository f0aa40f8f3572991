/** Calls `act` once when the signal aborts, at once where it has aborted already. The result ends the watching. */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
}

/** The promise's own end, or the signal's reason if that comes first; the promise is then left to itself. */
export function raceWithAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unwatch = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(unwatch);
  });
}

/** What the work gives; the other value where it fails or takes longer than so many ms. The work is then left to itself. */
export async function waitAtMost<T>(ms: number, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  const first = await Promise.race([work.catch(() => otherwise), late]);
  clearTimeout(timer);
  return first;
}
