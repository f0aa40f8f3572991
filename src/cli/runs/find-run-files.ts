import { findRunsDir } from '../../fleet/runs/runs-folder.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { findRun } from '../../journal/runs/run-list.ts';
import type { GlobalOptions } from '../define-command.ts';

/** The journal of a run, of the last one where none is named. */
export const findJournal = (options: GlobalOptions, run: string | undefined): string => {
  const dir = findRunsDir(options);
  return journalPath(dir, findRun(dir, run ?? 'last'));
};
