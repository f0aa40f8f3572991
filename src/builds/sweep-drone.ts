import { SwarmError } from '../core/error/swarm-error.ts';
import type { Remote } from '../core/module.ts';
import { readProgram } from '../core/program/package-root.ts';
import { makePortageCommand } from './emerge-job.ts';
import { reachHost } from './reach-host.ts';

/** The item waits for it: a disk that hangs must not keep it for ever. */
const LIMIT_MS = 10 * 60_000;

/** What a build left on the host that built it. */
export interface BuildRemains {
  readonly host: string;
  readonly job?: string | undefined;
  /** The package, absolute. */
  readonly path?: string | undefined;
}

/** Removes the job and the package from the host that built it, and keeps the rest there within the limit of the target. Where that
 *  fails it says so, as the package itself is safe. */
export async function sweepDrone(remote: Remote, { host, job, path }: BuildRemains, keep: number | undefined): Promise<void> {
  try {
    const on = await reachHost(remote, host);
    if (job !== undefined) await on.jobs.forget(job);
    if (path === undefined) return;
    const program = readProgram('src/builds/sweep-packages.py');
    const command = makePortageCommand('exec python3 -c "$@"', program, path, keep === undefined ? '-' : String(keep));
    const { exit, stderr } = await on.exec({ ...command, timeoutMs: LIMIT_MS });
    if (exit !== 0) throw new SwarmError('SW6011', stderr.trim().split('\n').at(-1) ?? '', { host });
  } catch (error) {
    if (remote.signal.aborted || !(error instanceof SwarmError)) throw error;
    remote.emit({ type: 'run.note', text: `what the build left on ${host} was not removed: ${error.message}` });
  }
}
