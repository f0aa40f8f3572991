import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileError } from './error/convert-error.ts';

const LOCKED_BY_ANOTHER = 75;

/** The command that holds a lock on a file. It prints `locked`, and holds the lock until its standard input ends, so that the kernel
 *  frees the lock when the holder dies. Exit 75: another process had the lock for all of `waitMs`. */
export function flockCommand(file: string, waitMs: number): readonly [string, ...string[]] {
  const seconds = String(Math.max(0, Math.ceil(waitMs / 1000)));
  const exit = String(LOCKED_BY_ANOTHER);
  return ['flock', '--exclusive', '--wait', seconds, '--conflict-exit-code', exit, file, 'sh', '-c', 'echo locked; exec cat >/dev/null'];
}

/** True for the exit status of `flockCommand` that means another process has the lock. */
export const isLockedByAnother = (exit: number): boolean => exit === LOCKED_BY_ANOTHER;

/** Locks a file of this machine, in a folder that exists. Undefined: another process had the lock for all of `waitMs`. Throws SW50xx. */
export async function acquireFileLock(file: string, waitMs: number): Promise<AsyncDisposable | undefined> {
  const [program, ...args] = flockCommand(file, waitMs);
  // in a process group of its own: Ctrl-C at the terminal reaches this process, which frees the lock when its work is done
  const holder = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const ended = new Promise<number>((resolve, reject) => {
    holder.on('error', (cause) => reject(fileError(cause, 'flock', 'Install util-linux, which has flock.')));
    holder.on('close', (exit) => resolve(exit ?? 1));
  });
  holder.stdin.on('error', () => undefined); // the holder is gone: `ended` has its exit status
  const first = await Promise.race([once(holder.stdout, 'data'), ended]);
  if (typeof first === 'number') {
    if (isLockedByAnother(first)) return undefined;
    throw fileError(new Error(`flock ended with status ${first}`), file);
  }
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await ended;
    },
  };
}
