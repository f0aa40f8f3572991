import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import type { Secret } from '../../core/secret.ts';
import { followEvents } from '../../journal/follow-journal.ts';
import { journalPath } from '../../journal/journal-path.ts';

/** Environment variable with the id of the run, for the process that does it. */
export const RUN_ID_VARIABLE = 'SWARM_RUN_ID';
const OUTPUT_LOG = 'output.log';

/** A run in a process of its own. */
export interface DetachedRun {
  readonly run: string;
  readonly child: ChildProcess;
  /** File with what the process prints. */
  readonly log: string;
}

/** What became of the start of a detached run: it can be watched, or it ended before its first event. */
export type DetachedStart = { readonly started: true } | { readonly started: false; readonly exit: number; readonly output: string };

/** Starts a run in a session of its own. What the process prints goes to a file beside the journal, which only its owner can read. Its
 *  standard input is empty, or has the one line that -K reads. */
export function startDetachedRun(
  runsDir: string,
  run: string,
  spawn: (options: SpawnOptions) => ChildProcess,
  password?: Secret,
): DetachedRun {
  const dir = join(runsDir, run);
  makeLocalFolder(dir, 0o700);
  const log = join(dir, OUTPUT_LOG);
  const handle = openSync(log, 'w', 0o600);
  try {
    const env = { ...process.env, [RUN_ID_VARIABLE]: run };
    const child = spawn({ detached: true, stdio: [password === undefined ? 'ignore' : 'pipe', handle, handle], env });
    if (password !== undefined) child.stdin?.on('error', () => undefined).end(`${password.reveal()}\n`); // where it ended: see its exit
    return { run, log, child };
  } finally {
    closeSync(handle);
  }
}

/** Waits for the first event of a new run. A run that ends before it leaves no folder behind. */
export async function waitForStart(runsDir: string, { run, child, log }: DetachedRun): Promise<DetachedStart> {
  const over = new AbortController();
  const ended = once(child, 'exit').then(([code]) => {
    over.abort();
    return typeof code === 'number' ? code : 1;
  });
  const events = followEvents(journalPath(runsDir, run), { stop: new AbortController().signal, writerGone: over.signal });
  for await (const _ of events) return { started: true };
  const output = readFileSync(log, 'utf8');
  rmSync(join(runsDir, run), { recursive: true });
  return { started: false, exit: await ended, output };
}
