import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { PausedQueue } from '../../journal/runs/paused-queue.ts';

/** Records when the queue of a run waits, and when it goes on. */
export function watchPause(record: (paused: PausedQueue | undefined) => void): Reporter {
  let since: string | undefined;
  return {
    event(event: RunEvent) {
      if (event.type === 'queue.paused') {
        since ??= event.at;
        record({ because: event.because, since, until: event.until });
      } else if (since !== undefined && (event.type === 'queue.resumed' || event.type === 'run.finished')) {
        since = undefined;
        record(undefined);
      }
    },
    async close() {},
  };
}
