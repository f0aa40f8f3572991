import type { ExecResult } from '../core/connection.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { findFailureInOutput, findFailureLine, stoppedServerHint } from './failure-line.ts';

/** What a person is to read of the output of a program that failed, and what to do about it. */
export type ReadFailure = (output: string) => { readonly text: string; readonly hint?: string | undefined };

/** The error for a command that failed: the line that says why, and the end of what it printed. The reason is in stderr; programs that
 *  print nothing there tell it in stdout. */
export function failedCommandError(
  { exit, stdout, stderr }: ExecResult,
  subject: string,
  readFailure: ReadFailure = (text) => ({ text }),
): SwarmError {
  const inStderr = stderr.trim() !== '';
  const { text, hint } = readFailure((inStderr ? stderr : stdout).trim());
  const line = (inStderr ? findFailureLine : findFailureInOutput)(text);
  return new SwarmError('SW6012', `${subject}: ${line?.trim() ?? `exit ${exit}`}`, {
    detail: text.split('\n').slice(-20).join('\n'),
    hint: hint ?? stoppedServerHint(text),
  });
}
