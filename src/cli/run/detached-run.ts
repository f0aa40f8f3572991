import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../fleet/project/project.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { newRunId } from '../../journal/run-id.ts';
import { spawnSelf } from '../spawn-self.ts';

/** Environment variable with the id of the run, for the process that does it. */
export const RUN_ID_VARIABLE = 'SWARM_RUN_ID';
const OUTPUT_LOG = 'output.log';

export interface DetachedRun {
  readonly run: string;
  readonly child: ChildProcess;
  /** File with what it prints. */
  readonly log: string;
}

/** A command line, else the same one again, in a session of its own; what it prints goes to a file beside its journal. */
export function startDetached(project: Project, request: { readonly run?: string; readonly words?: readonly string[] } = {}): DetachedRun {
  const run = request.run ?? newRunId(project.runsDir);
  const dir = join(project.runsDir, run);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, OUTPUT_LOG);
  const log = openSync(file, 'w', 0o600);
  const child = spawnSelf(request.words ?? process.argv.slice(2).filter((word) => word !== '--detach'), {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, [RUN_ID_VARIABLE]: run },
  });
  closeSync(log);
  return { run, child, log: file };
}

/** `--detach`: prints the run's id as soon as it has started and can be watched. Where it cannot start, its errors are printed. */
export async function runDetached(project: Project): Promise<number> {
  const { run, child, log } = startDetached(project);
  const over = new AbortController();
  const ended = once(child, 'exit').then(([code]) => {
    over.abort();
    return typeof code === 'number' ? code : 1;
  });
  if (!(await waitForFirstEvent(journalPath(project.runsDir, run), over.signal))) {
    process.stderr.write(readFileSync(log, 'utf8'));
    rmSync(join(project.runsDir, run), { recursive: true });
    return await ended;
  }
  child.unref();
  process.stdout.write(`${run}\n`);
  process.stderr.write(`Run ${run} goes on in the background. To follow it: swarm runs watch ${run}\n`);
  return 0;
}

async function waitForFirstEvent(file: string, processEnded: AbortSignal): Promise<boolean> {
  for await (const _ of followEvents(file, { stop: new AbortController().signal, writerGone: processEnded })) return true;
  return false;
}
