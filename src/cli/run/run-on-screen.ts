import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { addGivenOptions } from '../../core/error/given-options.ts';
import type { RunEvent } from '../../core/event.ts';
import type { Project } from '../../fleet/project/project.ts';
import type { DetachedRun } from '../../fleet/runs/detached-run.ts';
import { followEvents, withFinalEvent } from '../../journal/follow-journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { scanJournal } from '../../journal/scan-journal.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printExitSummary } from '../output.ts';
import { createBackgroundCancel } from '../runs/background-cancel.ts';
import { showOnScreen } from '../runs/event-screen.ts';
import { startDetached } from './detached-run.ts';

const INTERRUPTED_EXIT = 130;

/**
 * On a terminal the run is a process of its own and the screen one that watches it: leaving the screen leaves the run alone.
 * `before`: bytes of the journal of a run that goes on.
 */
export async function runOnScreen(project: Project, options: GlobalOptions, started: DetachedRun, journalOffset = 0): Promise<number> {
  const { run, child, log } = started;
  const stop = new AbortController();
  const processEnded = new AbortController();
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  void exited.then(() => processEnded.abort());
  const cancel = createBackgroundCancel(project, run);
  let interruptSent = false;
  let hasStarted = false;
  const watchForStart = async function* (events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
    for await (const event of events) {
      hasStarted ||= event.type === 'run.started' && event.pid === child.pid;
      yield event;
    }
  };
  const journal = followEvents(journalPath(project.runsDir, run), {
    stop: stop.signal,
    writerGone: processEnded.signal,
    bytesBefore: journalOffset,
  });
  const { left, state } = await showOnScreen(watchForStart(withFinalEvent(journal, stop.signal)), options, {
    stay: false,
    stop,
    actions: {
      interrupt: () => {
        interruptSent = true;
        child.kill('SIGINT');
      },
      cancelRun: () => cancel.start(),
      quitStops: true,
    },
  });
  if (left === 'quit' && !processEnded.signal.aborted) {
    process.stderr.write(`run ${run} is being stopped\n`);
    cancel.start();
  }
  await cancel.printOutput();
  if (left === 'detached' && !processEnded.signal.aborted && state.status === 'running') {
    child.unref();
    process.stderr.write(addGivenOptions(`run ${run} goes on. To follow it, run: swarm runs watch ${run}\n`, options));
    return interruptSent ? INTERRUPTED_EXIT : 0;
  }
  const exit = await exited;
  if (hasStarted) await printExitSummary(state, options);
  else {
    process.stderr.write(readFileSync(log, 'utf8')); // it ended before it began
    if (!existsSync(journalPath(project.runsDir, run))) rmSync(dirname(log), { recursive: true });
  }
  return state.status === 'interrupted' ? (state.exit ?? exit) : exit;
}

/** `swarm runs resume RUN` on a terminal; `words` of the process that does it, when they are not this one's. */
export function resumeOnScreen(project: Project, run: string, options: GlobalOptions, words?: readonly string[]): Promise<number> {
  const file = journalPath(project.runsDir, run);
  const journalOffset = existsSync(file) ? scanJournal(file, () => {}).end : 0;
  return runOnScreen(project, options, startDetached(project, { run, ...(words === undefined ? {} : { words }) }), journalOffset);
}
