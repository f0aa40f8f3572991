import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts that calls `set_mode MODE PATH...` or `copy_tree FROM TO`: folders get the mode that was asked for, also below one with
 *  the set-group-ID bit. */
export const withExactMode = (script: string): string => `${readProgram('src/sdk/files/exact-mode.sh')}${script}`;
