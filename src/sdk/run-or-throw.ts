import { SwarmError } from '../core/error/swarm-error.ts';
import type { Remote } from '../core/module.ts';
import { checkArgv } from '../core/module-checks/checked-host.ts';
import { findFailureLine, stoppedServerHint } from './failure-line.ts';
import { missingProgramError } from './missing-program.ts';

/** Runs a command that has to succeed, and returns what it printed. Throws SW6012 with the line of its output that says why, and
 *  SW6011 where the host does not have the program. */
export async function runOrThrow(remote: Remote, argv: readonly [string, ...string[]], subject: string): Promise<string> {
  const { exit, stdout, stderr } = await remote.exec({ argv: checkArgv('runOrThrow', argv) });
  if (exit === 0) return stdout;
  const output = stderr.trim() || stdout.trim();
  throw (
    missingProgramError({ stderr }, subject) ??
    new SwarmError('SW6012', `${subject}: ${findFailureLine(output) ?? `exit ${exit}`}`, {
      hint: stoppedServerHint(output),
      detail: output,
    })
  );
}
