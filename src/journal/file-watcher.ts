import { watch } from 'node:fs';
import { dirname } from 'node:path';

const POLL_MS = 1000; // where the file system tells of no changes (NFS, some containers)

/** Tells that a file may have changed. */
export interface Bell {
  /** Resolves at the next change, at the next tick of the poll, or when the signal is aborted. */
  next(): Promise<void>;
  stop(): void;
}

/** A bell on a file, which need not exist yet; its folder must. */
export function bellOn(file: string, signal: AbortSignal): Bell {
  let ring: () => void = () => {};
  const rung = (): void => ring();
  const watcher = watch(dirname(file), rung);
  watcher.on('error', rung);
  const poll = setInterval(rung, POLL_MS);
  signal.addEventListener('abort', rung);
  return {
    next: () =>
      new Promise((resolve) => {
        ring = resolve;
        if (signal.aborted) resolve();
      }),
    stop() {
      watcher.close();
      clearInterval(poll);
      signal.removeEventListener('abort', rung);
    },
  };
}
