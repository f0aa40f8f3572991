import { closeSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { runProgram } from '../../core/program/run-program.ts';
import { describeSpawnFailure, type ProgramResult } from '../../core/program/spawn-failure.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { assertOwnFile } from './assert-own-project.ts';

const LIMITS = { timeMs: 60_000, bytes: 16 * 1024 * 1024 };

/** A command reads the inventory more than once, and the program is asked once. */
const printed = new Map<string, string>();

/** What a program of the user prints for --list. Throws SW5021 for one that others may change, SW1306 where it fails. */
export function runInventoryProgram(file: string): string {
  const known = printed.get(file);
  if (known !== undefined) return known;
  assertOwnFile(file);
  const result = runProgram([file, '--list'], dirname(file), LIMITS);
  if (result.status !== 0) throw new SwarmError('SW1306', ...describeFailure(file, result));
  printed.set(file, result.stdout);
  return result.stdout;
}

/** What is wrong, and what to do. */
function describeFailure(file: string, result: ProgramResult): readonly [message: string, fields: { readonly hint: string }] {
  const interpreter = result.code === 'ENOENT' ? readFirstLine(file).slice(2) : '';
  if (interpreter.endsWith('\r'))
    return [
      `the inventory program ${file} cannot be started: its first line ends with a carriage return`,
      { hint: `Remove them: tr -d '\\r' < ${file} > ${file}.new` },
    ];
  if (interpreter !== '')
    return [
      `the inventory program ${file} cannot be started: its first line names ${interpreter.trim()}, which this machine does not have`,
      { hint: 'Install it, or write another program in the first line.' },
    ];
  return [
    `the inventory program ${file} ${describeSpawnFailure(result, LIMITS)}`,
    { hint: `To see what it prints, run: ${quoteWord(file)} --list` },
  ];
}

function readFirstLine(file: string): string {
  const bytes = Buffer.alloc(256);
  const handle = openSync(file, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(handle, bytes)).split('\n')[0] ?? '';
  } finally {
    closeSync(handle);
  }
}
