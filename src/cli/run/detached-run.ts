import type { Project } from '../../fleet/project/project.ts';
import { type DetachedRun, startDetachedRun, waitForStart } from '../../fleet/runs/detached-run.ts';
import { newRunId } from '../../journal/run-id.ts';
import { spawnSelf } from '../spawn-self.ts';

/** Runs a command line in the background: `words`, or the one that was typed. */
export function startDetached(
  { runsDir, becomePassword }: Project,
  { run, words }: { readonly run?: string; readonly words?: readonly string[] } = {},
): DetachedRun {
  const argv = words ?? process.argv.slice(2).filter((word) => word !== '--detach');
  return startDetachedRun(runsDir, run ?? newRunId(runsDir), (options) => spawnSelf(argv, options), becomePassword);
}

/** `--detach`: prints the run's id as soon as it can be watched. Where it cannot start, its errors are printed. */
export async function runDetached(project: Project): Promise<number> {
  const detached = startDetached(project);
  const start = await waitForStart(project.runsDir, detached);
  if (!start.started) {
    process.stderr.write(start.output);
    return start.exit;
  }
  detached.child.unref();
  process.stdout.write(`${detached.run}\n`);
  process.stderr.write(`Run ${detached.run} goes on in the background. To follow it: swarm runs watch ${detached.run}\n`);
  return 0;
}
