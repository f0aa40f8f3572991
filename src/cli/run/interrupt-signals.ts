import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** SIGINT, SIGTERM or SIGHUP aborts `stop` with its name: nothing new starts, and jobs on hosts go on. A second one ends swarm at once,
 *  except SIGHUP, which the kernel and the shell may both send when a terminal is closed. */
export function watchSignals(stop: AbortController): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (stop.signal.aborted && signal !== 'SIGHUP') process.exit(128 + constants.signals[signal]);
      stop.abort(signal);
    });
  }
}
