import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts with the function `sweep_leftovers PREFIX` before it: it removes what programs that were killed left as PREFIX.PID. */
export const withSweepLeftovers = (script: string): string => `${readProgram('src/remote/temporary/sweep-leftovers.sh')}${script}`;
