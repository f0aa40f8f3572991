import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts with two functions before it. `sweep_leftovers PREFIX` removes what programs that were killed left as PREFIX.PID, and
 *  `new_temporary` makes a file that is swept so. */
export const withSweepLeftovers = (script: string): string => `${readProgram('src/remote/tree/sweep-leftovers.sh')}${script}`;
