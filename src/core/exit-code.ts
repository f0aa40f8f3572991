import { errorKind } from './error-codes.ts';
import type { RunState } from './run-state.ts';

/** When several errors have different exit codes, the first of these counts. */
const RANK = [1, 7, 9, 8, 6, 5, 2, 4];

/** The exit code that a set of error codes amounts to; 0 for none. */
export function exitCodeOf(errors: Iterable<string>): number {
  const exits = new Set<number>();
  for (const code of errors) exits.add(errorKind(code).exit);
  return RANK.find((exit) => exits.has(exit)) ?? 0;
}

/** The exit code of the errors of a run; exitCodeOf has the order. */
export function runExitCode(state: RunState): number {
  return exitCodeOf(state.errors.map((error) => error.code));
}
