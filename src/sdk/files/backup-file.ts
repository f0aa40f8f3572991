import { readProgram } from '../../core/program/package-root.ts';
import { withSweepLeftovers } from '../../remote/temporary/sweep-leftovers.ts';

/** A program for hosts with the functions `sweep_leftovers` and `backup_file PATH` before it: the second keeps a copy of a file beside it. */
export const withBackupFile = (script: string): string => withSweepLeftovers(`${readProgram('src/sdk/files/backup-file.sh')}${script}`);
