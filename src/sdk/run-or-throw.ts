import type { Remote } from '../core/module.ts';
import { checkArgv } from '../core/module-checks/checked-host.ts';
import { failedCommandError } from './failed-command-error.ts';
import { missingProgramError } from './missing-program.ts';

/** Runs a command that has to succeed, and returns what it printed. Throws SW6012 with the line of its output that says why, and
 *  SW6011 where the host does not have the program. */
export async function runOrThrow(remote: Remote, argv: readonly [string, ...string[]], subject: string): Promise<string> {
  const result = await remote.exec({ argv: checkArgv('runOrThrow', argv) });
  if (result.exit === 0) return result.stdout;
  throw missingProgramError(result, subject) ?? failedCommandError(result, subject);
}
