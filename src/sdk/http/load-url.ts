import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts that calls `load_url URL SECONDS FILE` or `pipe_url COMMAND URL SECONDS`: with curl or wget, whichever the host has. */
export const withLoadUrl = (script: string): string => `${readProgram('src/sdk/http/load-url.sh')}${script}`;
