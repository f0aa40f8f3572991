import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts with three functions before it. `sweep_leftovers PREFIX` removes what programs that were killed left beside their target, and
 *  `new_temporary` makes a file that is swept so. `whole_input` writes stdin to it, or fails. */
export const withSweepLeftovers = (script: string): string => `${readProgram('src/remote/tree/sweep-leftovers.sh')}${script}`;
