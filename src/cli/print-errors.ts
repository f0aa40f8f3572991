import { describeError, type ErrorJson } from '../core/error.ts';
import { exitOf } from '../core/exit-code.ts';
import { linesOf } from '../report/text/display-text.ts';

/** Errors on stderr, each with its place and hint; answers with the exit code that they amount to. */
export function tellErrors(errors: readonly ErrorJson[]): number {
  for (const error of errors) process.stderr.write(`${linesOf(describeError(error)).join('\n')}\n`);
  return exitOf(errors.map(({ code }) => code));
}
