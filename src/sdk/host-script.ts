import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, ExecResult } from '../core/connection.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import type { Probe, Remote } from '../core/module.ts';
import { findFailureLine, stoppedServerHint } from './failure-line.ts';
import { missingProgramError, missingToolError } from './missing-program.ts';

/** What a person is to read of the output of a program that failed, and what to do about it. */
export type ReadFailure = (output: string) => { readonly text: string; readonly hint?: string | undefined };

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

function succeed({ exit, stdout, stderr }: ExecResult, subject: string, readFailure: ReadFailure = (text) => ({ text })): string {
  const missing = (exit === 0 ? missingToolError : missingProgramError)({ stderr }, subject);
  if (missing !== undefined) throw missing;
  if (exit === 0) return stdout;
  const { text, hint } = readFailure(stderr.trim() || stdout.trim());
  const lines = text.split('\n');
  throw new SwarmError('SW6012', `${subject}: ${findFailureLine(text) ?? `exit ${exit}`}`, {
    detail: lines.slice(-20).join('\n'),
    hint: hint ?? stoppedServerHint(text),
  });
}
