import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts with the function `sweep_leftovers PREFIX` before it: it removes what programs that were killed left beside their target,
 *  and sets `own_leftover` to the name for what this one may leave. */
export const withSweepLeftovers = (script: string): string => `${readProgram('src/remote/temporary/sweep-leftovers.sh')}${script}`;
