import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessAlive } from '../program/process-alive.ts';

/** Where the files of git revisions are while they are pushed: a folder for each process. */
export const checkoutsFolder = (project: string): string => join(project, '.swarm', 'checkouts');

/** The folder below `parent` for what this process needs only while it runs. */
export const processFolder = (parent: string): string => join(parent, String(process.pid));

/** Removes the folder of this process below `parent`, and those of processes that ended without it: a kill leaves them. */
export function removeProcessFolders(parent: string): void {
  for (const name of listFolder(parent)) {
    const folder = join(parent, name);
    if (Number(name) !== process.pid && isInUse(folder, Number(name))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

function listFolder(parent: string): readonly string[] {
  try {
    return readdirSync(parent).filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // nothing was ever needed
  }
}

function isInUse(folder: string, pid: number): boolean {
  try {
    return isProcessAlive(pid, statSync(folder).mtime.toISOString());
  } catch {
    return false; // its own process removed it meanwhile
  }
}
