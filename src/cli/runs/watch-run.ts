import { addGivenOptions, givenWords } from '../../core/error/given-options.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { isPlaybookRun } from '../../fleet/runs/resumable-run.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { findElsewhere } from '../../fleet/runs/take-over.ts';
import { followEvents, withFinalEvent } from '../../journal/follow-journal.ts';
import { describeElsewhere } from '../../journal/runs/elsewhere.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import type { GlobalOptions } from '../define-command.ts';
import { isInteractive, printRecap, stopWithOutput } from '../output.ts';
import { printMessage } from '../print-errors.ts';
import { createBackgroundCancel } from './background-cancel.ts';
import { printEvents, showEvents } from './print-events.ts';

/** `swarm runs watch RUN`: joins a live run by its journal; leaving it leaves the run alone. */
export async function watchRunCommand(run: string | undefined, given: GlobalOptions): Promise<number> {
  const { runsDir, run: runId, file, options } = locateRun(given, run);
  const elsewhere = findElsewhere(listRuns(runsDir), runId);
  if (elsewhere !== undefined) printMessage(describeElsewhere(elsewhere));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  stopWithOutput(stop);
  const live = followEvents(file, { stop: stop.signal });
  if (!isInteractive(options)) {
    const state = await printEvents(options.output === 'ndjson' ? live : withFinalEvent(live, stop.signal), options);
    await printRecap(state, options);
    return state.exit ?? 0;
  }
  const project = await openProject(options);
  const cancel = createBackgroundCancel(project, runId);
  let retryRequested = false;
  const retry = (): void => {
    retryRequested = true;
  };
  const state = await showEvents(
    withFinalEvent(live, stop.signal),
    options,
    { actions: { cancelRun: () => cancel.start(), ...(isPlaybookRun(file) ? { retry } : {}) } },
    stop,
  );
  await cancel.printOutput();
  return retryRequested ? retryRun(project, runId, options) : (state.exit ?? 0);
}

/** `swarm runs resume RUN` on a screen. */
async function retryRun(project: Project, run: string, options: GlobalOptions): Promise<number> {
  const { resumeOnScreen } = await import('../run/run-on-screen.ts');
  process.stderr.write(addGivenOptions(`$ swarm runs resume ${run}\n`, options));
  return resumeOnScreen(project, run, options, [...givenWords({ ...options, directory: project.dir }), 'runs', 'resume', run]);
}
