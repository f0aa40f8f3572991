import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, ExecResult } from '../core/connection.ts';
import type { Probe, Remote } from '../core/module.ts';
import { failedCommandError, type ReadFailure } from './failed-command-error.ts';
import { missingProgramError, missingToolError } from './missing-program.ts';

const scripts = new Map<string, string>();

/** The text of a program for hosts that stands beside a module: `readScript(import.meta.dirname, 'motd.sh')`. */
export function readScript(folder: string, name: string): string {
  const file = join(folder, name);
  const text = scripts.get(file) ?? readFileSync(file, 'utf8');
  scripts.set(file, text);
  return text;
}

/** What a text of `sh` that only reads prints; `words` are its `$1`, `$2` and so on, `stdin` is what it reads. Throws SW6012 where it does
 *  not exit with 0, and SW6011 where the host lacks a program for it. */
export async function queryScript(
  probe: Probe,
  script: string,
  words: readonly string[],
  subject: string,
  stdin?: Uint8Array | string,
  readFailure?: ReadFailure,
): Promise<string> {
  return succeed(await probe.query(shellCommand(script, words, stdin)), subject, readFailure);
}

/** The same for a text that changes the host, in `apply`. */
export async function runScript(
  remote: Remote,
  script: string,
  words: readonly string[],
  subject: string,
  stdin?: Uint8Array | string,
  readFailure?: ReadFailure,
): Promise<string> {
  return succeed(await remote.exec(shellCommand(script, words, stdin)), subject, readFailure);
}

function shellCommand(script: string, words: readonly string[], stdin: Uint8Array | string | undefined): Command {
  const input = typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
  return { argv: ['/bin/sh', '-c', script, 'sh', ...words], ...(input === undefined ? {} : { stdin: input }) };
}

function succeed(result: ExecResult, subject: string, readFailure: ReadFailure | undefined): string {
  const missing = (result.exit === 0 ? missingToolError : missingProgramError)(result, subject);
  if (missing !== undefined) throw missing;
  if (result.exit === 0) return result.stdout;
  throw failedCommandError(result, subject, readFailure);
}
