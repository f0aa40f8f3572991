import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { addGivenOptions, type GivenOptions } from '../../core/error/given-options.ts';
import type { Project } from '../../fleet/project/project.ts';
import { type DetachedRun, startDetachedRun, waitForStart } from '../../fleet/runs/detached-run.ts';
import { newRunId } from '../../journal/run-id.ts';
import { spawnSelf } from '../spawn-self.ts';
import { type AskedArgs, passAskedArgs } from './ask-args.ts';

const NOTHING_ASKED: AskedArgs = { values: {}, hidden: [] };

/** Runs a command line in the background: `words`, or the one that was typed with the values that were asked for. */
export function startDetached(
  { runsDir, becomePassword }: Project,
  { run, words, asked = NOTHING_ASKED }: { readonly run?: string; readonly words?: readonly string[]; readonly asked?: AskedArgs } = {},
): DetachedRun {
  const passed = passAskedArgs(asked);
  const argv = words ?? addWords(process.argv.slice(2), passed.words);
  const spawn = (options: SpawnOptions): ChildProcess => spawnSelf(argv, { ...options, env: { ...options.env, ...passed.env } });
  return startDetachedRun(runsDir, run ?? newRunId(runsDir), spawn, becomePassword);
}

function addWords(typed: readonly string[], words: readonly string[]): readonly string[] {
  const end = typed.indexOf('--');
  const [before, after] = end < 0 ? [typed, []] : [typed.slice(0, end), typed.slice(end)];
  return [...before.filter((word) => word !== '--detach'), ...words, ...after];
}

/** `--detach`: prints the run's id as soon as it can be watched. Where it cannot start, its errors are printed. */
export async function runDetached(project: Project, asked: AskedArgs, options: GivenOptions): Promise<number> {
  const detached = startDetached(project, { asked });
  const start = await waitForStart(project.runsDir, detached);
  if (!start.started) {
    process.stderr.write(start.output);
    return start.exit;
  }
  detached.child.unref();
  process.stdout.write(`${detached.run}\n`);
  process.stderr.write(
    addGivenOptions(`Run ${detached.run} goes on in the background. To follow it, run: swarm runs watch ${detached.run}\n`, options),
  );
  return 0;
}
