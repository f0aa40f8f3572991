import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';

const PREFIX = '.resumed-';

const markFile = (runsDir: string, run: string): string => join(runsDir, `${PREFIX}${run}`);

/** Marks a run whose journal is written to once more: what the list of runs remembers of it may be out of date. Throws SW50xx. */
export function markResumed(runsDir: string, run: string): void {
  const file = markFile(runsDir, run);
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Removes the mark of a run that is removed. */
export const unmarkResumed = (runsDir: string, run: string): void => rmSync(markFile(runsDir, run), { force: true });

/** The runs with a mark, among the names of a folder of runs. */
export const findResumed = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length)));
