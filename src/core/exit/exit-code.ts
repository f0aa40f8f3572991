import { errorKind } from '../error-codes.ts';

/** When several errors have different exit codes, the first of these counts. */
const RANK = [1, 7, 9, 8, 6, 5, 2, 4];

/** Exit code where hosts were not reached, or where the result of a run is unknown. */
export const UNREACHABLE_EXIT = 4;

/** Exit code where a guard refused. */
export const REFUSED_EXIT = 7;

/** Exit code of a dry run that found changes, where --detailed-exitcode asks for it. */
export const PENDING_EXIT = 3;

/** The exit code that a set of error codes amounts to; 0 for none. */
export function exitCodeOf(errors: Iterable<string>): number {
  const exits = new Set<number>();
  for (const code of errors) exits.add(errorKind(code).exit);
  return RANK.find((exit) => exits.has(exit)) ?? 0;
}
