import { readProgram } from '../../core/program/package-root.ts';
import { withTemporaryFiles } from './temporary-files.ts';

/** A program for hosts with the functions of `withTemporaryFiles` before it, and `run_file FILE [ARGUMENT]...`. */
export const withRunFile = (script: string): string => withTemporaryFiles(`${readProgram('src/remote/temporary/run-file.sh')}${script}`);
