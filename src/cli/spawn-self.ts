import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/** Starts this program again, in a process of its own. */
export const spawnSelf = (words: readonly string[], options: SpawnOptions): ChildProcess =>
  spawn(process.execPath, [process.argv[1] ?? '', ...words], options);
