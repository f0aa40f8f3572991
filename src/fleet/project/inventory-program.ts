import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { describeSpawnFailure } from '../../core/program/spawn-failure.ts';
import { assertOwnFile } from './assert-own-project.ts';

const TIME_LIMIT_MS = 60_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** A command reads the inventory more than once, and the program is asked once. */
const printed = new Map<string, string>();

/** What a program of the user prints for --list. Throws SW5021 for one that others may change, SW1306 where it fails. */
export function runInventoryProgram(file: string): string {
  const known = printed.get(file);
  if (known !== undefined) return known;
  assertOwnFile(file);
  const result = spawnSync(file, ['--list'], {
    cwd: dirname(file),
    encoding: 'utf8',
    timeout: TIME_LIMIT_MS,
    killSignal: 'SIGKILL', // it may ignore another one
    maxBuffer: MAX_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status !== 0) {
    const why = describeSpawnFailure(result, { timeMs: TIME_LIMIT_MS, bytes: MAX_BYTES });
    throw new SwarmError('SW1306', `the inventory program ${file} ${why}`, { hint: `To see what it prints, run: ${file} --list` });
  }
  printed.set(file, result.stdout);
  return result.stdout;
}
