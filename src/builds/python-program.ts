import type { Command } from '../core/connection.ts';

/** The command that runs a Python program, made of these texts in order, on a host with Portage. */
export function makePythonCommand(program: readonly string[], args: readonly string[], timeoutMs: number): Command {
  return {
    argv: ['python3', '-', ...args],
    env: { LC_ALL: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1' },
    stdin: new TextEncoder().encode(program.join('\n')),
    timeoutMs,
  };
}

/** The line that serve-index.py is put after. */
export const indexVariable = (index: string): string => `INDEX = ${JSON.stringify(Buffer.from(index, 'utf8').toString('base64'))}`;
