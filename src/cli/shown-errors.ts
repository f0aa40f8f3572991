import { nameHost } from '../core/error/complete-hint.ts';
import type { ErrorJson } from '../core/error/swarm-error.ts';
import { errorKind, isErrorCode } from '../core/error-codes.ts';

const MAX_PER_FILE = 20;

/** The errors with a hint that several in a row share told once, after the last of them. */
export const dropRepeatedHints = (errors: readonly ErrorJson[]): readonly ErrorJson[] =>
  errors.map((error, index) => {
    const next = errors[index + 1];
    if (error.hint === undefined || error.at !== undefined || next?.at !== undefined || next?.hint !== error.hint) return error;
    const { hint: _, ...rest } = error;
    return rest;
  });

/** Errors without a hint of their own get what the table of errors says to do. Of several with one code the last one has it. */
export const withDefaultHints = (errors: readonly ErrorJson[]): readonly ErrorJson[] =>
  errors.map((error, index) => {
    const { code, hint, host } = error;
    const isRepeated = errors.slice(index + 1).some((later) => later.code === code && later.hint === undefined);
    if (hint !== undefined || isRepeated || !isErrorCode(code)) return error;
    const { fix } = errorKind(code).explain;
    return { ...error, hint: host === undefined ? fix : nameHost(fix, host) };
  });

/** Of each file the first 20 errors, in their order, and a line for each file that has more. */
export function selectShownErrors(errors: readonly ErrorJson[]): {
  readonly shown: readonly ErrorJson[];
  readonly left: readonly string[];
} {
  const counts = new Map<string, number>();
  const shown = errors.filter(({ at }) => {
    if (at === undefined) return true;
    const count = (counts.get(at.file) ?? 0) + 1;
    counts.set(at.file, count);
    return count <= MAX_PER_FILE;
  });
  const left = [...counts]
    .filter(([, count]) => count > MAX_PER_FILE)
    .map(([file, count]) => `and ${count - MAX_PER_FILE} more in ${file}. To see all, add: -v`);
  return { shown, left };
}
