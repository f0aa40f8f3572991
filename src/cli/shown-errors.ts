import type { ErrorJson } from '../core/error/swarm-error.ts';

const MAX_PER_FILE = 20;

/** The errors with a hint that several in a row share told once, after the last of them. */
export const tellHintsOnce = (errors: readonly ErrorJson[]): readonly ErrorJson[] =>
  errors.map((error, index) => {
    const next = errors[index + 1];
    if (error.hint === undefined || error.at !== undefined || next?.at !== undefined || next?.hint !== error.hint) return error;
    const { hint: _, ...rest } = error;
    return rest;
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
