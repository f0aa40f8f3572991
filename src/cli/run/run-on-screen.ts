import { existsSync, readFileSync } from 'node:fs';
import type { RunEvent } from '../../core/event.ts';
import type { Project } from '../../fleet/project/project.ts';
import { liveEvents, withLastWord } from '../../journal/follow-journal.ts';
import { eventsFile } from '../../journal/journal-path.ts';
import { scanJournal } from '../../journal/scan-journal.ts';
import type { Everywhere } from '../options.ts';
import { printFarewell } from '../output.ts';
import { cancelling } from '../runs/background-cancel.ts';
import { onScreen } from '../runs/event-screen.ts';
import { type Started, startDetached } from './detached-run.ts';

const INTERRUPTED = 130;

/**
 * On a terminal the run is a process of its own and the screen one that watches it: leaving the screen leaves the run alone.
 * `before`: bytes of the journal of a run that goes on.
 */
export async function foreground(
  project: Project,
  options: Everywhere,
  started: Started = startDetached(project),
  before = 0,
): Promise<number> {
  const { run, child, log } = started;
  const stop = new AbortController();
  const gone = new AbortController();
  const died = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  void died.then(() => gone.abort());
  const cancel = cancelling(project, run);
  let told = false;
  let begun = false;
  const noticing = async function* (events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
    for await (const event of events) {
      begun ||= event.type === 'run.started' && event.pid === child.pid;
      yield event;
    }
  };
  const journal = liveEvents(eventsFile(project.runs, run), { stop: stop.signal, gone: gone.signal, before });
  const { left, state } = await onScreen(noticing(withLastWord(journal, stop.signal)), options, {
    stay: false,
    stop,
    actions: {
      interrupt: () => {
        told = true;
        child.kill('SIGINT');
      },
      cancelRun: () => cancel.begin(),
      quitStops: true,
    },
  });
  if (left === 'quit' && !gone.signal.aborted) {
    process.stderr.write(`run ${run} is being stopped\n`);
    cancel.begin();
  }
  await cancel.ended();
  if (left === 'detached' && !gone.signal.aborted && state.status === 'running') {
    child.unref();
    process.stderr.write(`run ${run} goes on: swarm runs watch ${run}\n`);
    return told ? INTERRUPTED : 0;
  }
  const exit = await died;
  if (!begun)
    process.stderr.write(readFileSync(log, 'utf8')); // it ended before it began
  else await printFarewell(state, options);
  return state.status === 'interrupted' ? (state.exit ?? exit) : exit;
}

/** `swarm runs resume RUN` on a terminal; `words` of the process that does it, when they are not this one's. */
export function resumeOnScreen(project: Project, run: string, options: Everywhere, words?: readonly string[]): Promise<number> {
  const file = eventsFile(project.runs, run);
  const before = existsSync(file) ? scanJournal(file, () => {}).end : 0;
  return foreground(project, options, startDetached(project, { run, ...(words === undefined ? {} : { words }) }), before);
}
