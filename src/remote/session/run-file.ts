import { readProgram } from '../../core/program/package-root.ts';
import { withSweepLeftovers } from '../tree/sweep-leftovers.ts';

/** A program for hosts with the functions `run_file FILE [ARGUMENT]...` and `new_temporary` before it. */
export const withRunFile = (script: string): string => withSweepLeftovers(`${readProgram('src/remote/session/run-file.sh')}${script}`);
