import { readProgram } from '../../../core/program/package-root.ts';

/** A program for hosts with the functions `exact_mode MODE` and `copy_tree FROM TO` before it: a folder gets the mode that was asked for,
 *  also below one with the set-group-ID bit. */
export const withExactMode = (script: string): string => `${readProgram('src/sdk/files/attributes/exact-mode.sh')}${script}`;
