import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsFile } from '../journal/files.ts';
import { followEvents } from '../journal/read.ts';
import { startDetached } from './detach.ts';
import type { RunFlags } from './options.ts';
import { printRecap } from './output.ts';
import type { Project } from './project.ts';
import { onScreen } from './screen.ts';

/** On a terminal the run is a process of its own and the screen one that watches it: leaving the screen leaves the run alone. */
export async function foreground(project: Project, options: RunFlags): Promise<number> {
  const { run, child, log } = startDetached(project);
  const stop = new AbortController();
  const died = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const file = eventsFile(project.runs, run);
  const tell = (signal: NodeJS.Signals): void => void child.kill(signal);
  void died.then(() => setTimeout(() => stop.abort(), 1000).unref()); // its last words are in the journal by then
  const { left, state } = await onScreen(followEvents(file, stop.signal), options, {
    stay: false,
    stop,
    actions: { interrupt: () => tell('SIGINT'), cancelRun: () => tell('SIGTERM') },
  });
  if (left !== 'finished' && state.status === 'running' && child.exitCode === null) {
    child.unref();
    process.stderr.write(`run ${run} goes on: swarm runs watch ${run}\n`);
    return 0;
  }
  const exit = await died;
  if (state.run === '')
    process.stderr.write(readFileSync(join(project.runs, run, log), 'utf8')); // it ended before it began
  else await printRecap(state, options);
  return exit;
}
