import { formatError } from '../core/error/error-text.ts';
import type { ErrorJson } from '../core/error/swarm-error.ts';
import { exitCodeOf } from '../core/exit/exit-code.ts';
import { toDisplayLines } from '../report/text/display-text.ts';

/** Errors on stderr, each with its place and hint; answers with the exit code that they amount to. */
export function printErrors(errors: readonly ErrorJson[]): number {
  for (const error of errors) process.stderr.write(`${toDisplayLines(formatError(error)).join('\n')}\n`);
  return exitCodeOf(errors.map(({ code }) => code));
}
