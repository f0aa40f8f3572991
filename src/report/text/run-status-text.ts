import type { RunStatus } from '../../core/event.ts';

/** What the status of a run is called on the screen and in the HTML report. */
export const runStatusText: Readonly<Record<RunStatus, string>> = {
  running: 'still running',
  ok: 'finished',
  failed: 'finished with failures',
  interrupted: 'interrupted',
};

/** The status of a run in a list, with the other machine that runs it. */
export const formatRunStatus = (status: string, orchestrator: string | undefined): string =>
  orchestrator === undefined ? status : `${status} (${orchestrator})`;
