import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts that calls `sweep_left PREFIX`: removes what programs that were killed left there, as PREFIX.PID. */
export const withSweepLeft = (script: string): string => `${readProgram('src/remote/tree/sweep-left.sh')}${script}`;
