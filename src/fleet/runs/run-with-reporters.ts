import { combineGates } from '../../core/output/output-gate.ts';
import type { Reporter } from '../../core/reporter.ts';
import type { RunState } from '../../core/run-state.ts';
import type { Journal } from '../../journal/journal.ts';

/** Runs with reporters that get every event of the journal. Closes them and the journal also after an error. */
export async function runWithReporters(journal: Journal, reporters: readonly Reporter[], run: () => Promise<RunState>): Promise<RunState> {
  const outputGate = combineGates(reporters.flatMap((reporter) => reporter.outputGate ?? []));
  journal.subscribe((event, state) => {
    for (const reporter of reporters) reporter.event(event, state);
  }, outputGate);
  let ended: RunState | undefined;
  let closed: readonly PromiseSettledResult<void>[] = [];
  try {
    ended = await run();
  } finally {
    closed = await Promise.allSettled(reporters.map((reporter) => reporter.close(ended)));
    await journal.close();
  }
  const failed = closed.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return ended;
}
