import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import type { ProgramLimits } from './spawn-failure.ts';

/** Runs a program of this machine to its end and keeps what it prints. One that takes too long or prints too much is killed, as it may ignore
 *  a signal that asks. */
export function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  { timeMs, bytes }: ProgramLimits,
): SpawnSyncReturns<string> {
  return spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout: timeMs,
    killSignal: 'SIGKILL',
    maxBuffer: bytes,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
