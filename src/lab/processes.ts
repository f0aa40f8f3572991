import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Every process that was started with one of these settings (`NAME=value`) in its environment, detached ones too; from /proc. */
export function findProcesses(settings: readonly string[]): readonly number[] {
  return listPids().filter((pid) => {
    const environment = `\0${readProcFile(`/proc/${pid}/environ`)}`;
    return settings.some((setting) => environment.includes(`\0${setting}\0`));
  });
}

/** KILL, again and again, until two looks find none: one may start another between looks, and one that execs just then shows no
 *  environment. */
export async function killProcesses(find: () => readonly number[]): Promise<void> {
  let clean = 0;
  for (let round = 0; round < 200 && clean < 2; round++) {
    if (round > 0) await sleep(10);
    const found = find();
    clean = found.length === 0 ? clean + 1 : 0;
    for (const pid of found) killProcess(pid);
  }
  if (clean < 2) throw new Error(`processes that do not end: ${find().join(' ')}`);
}

/** A process, or with a negative number a group; nothing if it is gone. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone
  }
}

function listPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

function readProcFile(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // ended, or another user's
  }
}
