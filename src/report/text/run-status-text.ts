import type { RunStatus } from '../../core/event.ts';
import { REFUSED_EXIT } from '../../core/exit/exit-code.ts';

/** What the status of a run is called on the screen and in the HTML report. */
export const runStatusText: Readonly<Record<RunStatus, string>> = {
  running: 'still running',
  ok: 'finished',
  failed: 'finished with failures',
  interrupted: 'interrupted',
};

/** What the status of a run in a list is made from. */
interface ListedRun {
  readonly status: string;
  readonly exit?: number | null | undefined;
  readonly orchestrator?: string | undefined;
}

/** The status of a run in a list, with the other machine that runs it. A failed run that a guard stopped is called refused. */
export function formatRunStatus({ status, exit, orchestrator }: ListedRun): string {
  const word = status === 'failed' && exit === REFUSED_EXIT ? 'refused' : status;
  return orchestrator === undefined ? word : `${word} (${orchestrator})`;
}
