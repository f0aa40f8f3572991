import { readProgram } from '../core/program/package-root.ts';

/** A program for hosts that calls the function `load_url URL SECONDS FILE`: curl or wget, whichever the host has. */
export const withLoadUrl = (script: string): string => `${readProgram('src/sdk/load-url.sh')}${script}`;
