import type { ExecResult } from '../core/connection.ts';
import type { SwarmError } from '../core/error/swarm-error.ts';
import type { Probe } from '../core/module.ts';
import { findMissingProgram, findMissingTool, lackingProgramError } from '../remote/session/lacking-programs.ts';

/** The error for a command that failed because the host has no such program. Undefined where it failed for something else. */
export function missingProgramError({ stderr }: Pick<ExecResult, 'stderr'>, subject: string): SwarmError | undefined {
  const program = findMissingProgram(stderr);
  return program === undefined ? undefined : lackingProgramError(program, `${subject}: the host has no ${program}`);
}

/** The same for a text of swarm that ended with 0, and whose result is wrong without the program. */
export function missingToolError({ stderr }: Pick<ExecResult, 'stderr'>, subject: string): SwarmError | undefined {
  const program = findMissingTool(stderr);
  return program === undefined ? undefined : lackingProgramError(program, `${subject}: the host has no ${program}`);
}

/** Throws SW6011 where the host has none of these programs; the first is named. For a change that would fail without them: a check then
 *  tells the same as the run. */
export async function requireProgram(probe: Probe, programs: readonly [string, ...string[]], subject: string): Promise<void> {
  const script = 'for each; do command -v "$each" >/dev/null && exit; done; echo "the host has no $1" >&2; exit 1';
  const result = await probe.query({ argv: ['/bin/sh', '-c', script, 'sh', ...programs] });
  const error = result.exit === 0 ? undefined : missingProgramError(result, subject);
  if (error !== undefined) throw error;
}
