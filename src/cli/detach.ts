import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { newRunId } from '../journal/run-id.ts';
import type { Project } from './project.ts';

/** Environment variable by which the process that does the run is told its name. */
export const RUN_ID = 'SWARM_RUN_ID';
const LOG = 'output.log';

export interface Started {
  readonly run: string;
  readonly child: ChildProcess;
  /** File with what it prints. */
  readonly log: string;
}

/** A command line, else the same one again, in a session of its own; what it prints goes to a file beside its journal. */
export function startDetached(project: Project, what: { readonly run?: string; readonly words?: readonly string[] } = {}): Started {
  const run = what.run ?? newRunId(project.runs);
  const dir = join(project.runs, run);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, LOG);
  const log = openSync(file, 'w', 0o600);
  const [, program = '', ...words] = process.argv;
  const argv = [program, ...(what.words ?? words.filter((word) => word !== '--detach'))];
  const child = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', log, log], env: { ...process.env, [RUN_ID]: run } });
  closeSync(log);
  return { run, child, log: file };
}

/** `--detach`: answers at once with the run's id. */
export function detach(project: Project): number {
  const { run, child } = startDetached(project);
  child.unref();
  process.stdout.write(`${run}\n`);
  process.stderr.write(`run ${run} goes on by itself: swarm runs watch ${run}\n`);
  return 0;
}
