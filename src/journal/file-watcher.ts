import { watch } from 'node:fs';
import { dirname } from 'node:path';

const POLL_MS = 1000; // for file systems that report no changes (NFS, some containers)

/** Reports that a file may have changed. */
export interface FileWatcher {
  /** Resolves at the next change, at the next tick of the poll, or when the signal is aborted. */
  nextChange(): Promise<void>;
  stop(): void;
}

/** Watches a file. The file need not exist yet; its folder must. */
export function watchFile(file: string, signal: AbortSignal): FileWatcher {
  let resolveNext: () => void = () => {};
  const notifyChange = (): void => resolveNext();
  const watcher = watch(dirname(file), notifyChange);
  watcher.on('error', notifyChange);
  const poll = setInterval(notifyChange, POLL_MS);
  signal.addEventListener('abort', notifyChange);
  return {
    nextChange: () =>
      new Promise((resolve) => {
        resolveNext = resolve;
        if (signal.aborted) resolve();
      }),
    stop() {
      watcher.close();
      clearInterval(poll);
      signal.removeEventListener('abort', notifyChange);
    },
  };
}
