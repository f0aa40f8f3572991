import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisOrchestrator } from '../program/orchestrator.ts';
import { findProcessState } from '../program/process-alive.ts';

/** Where the files of git revisions are while they are pushed: a folder for each process. */
export const checkoutsFolder = (project: string): string => join(project, '.swarm', 'checkouts');

/** The folder below `parent` for what this process needs only while it runs. */
export const processFolder = (parent: string): string => join(parent, `${process.pid}${machineMark()}`);

/** Tells the folders of machines apart that share a project. An older swarm wrote none. */
function machineMark(): string {
  const { name, machineId = '' } = thisOrchestrator();
  return `@${name}-${machineId.slice(0, 8)}`;
}

/** Removes the folder of this process below `parent`, and those of processes that ended without it: a kill leaves them. */
export function removeProcessFolders(parent: string): void {
  for (const name of listFolder(parent)) {
    const folder = join(parent, name);
    if (folder !== processFolder(parent) && isInUse(folder, name)) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new folder for what this process needs only while it runs, in the temporary folder of the system. Removes those with this name of
 *  processes of this user that ended without it. */
export function makeTemporaryFolder(name: string): string {
  const form = new RegExp(`^${name}-(\\d+@.*)-[^-]{6}$`);
  for (const each of readdirSync(tmpdir())) {
    const [, owner] = form.exec(each) ?? [];
    if (owner !== undefined) removeUnused(join(tmpdir(), each), owner);
  }
  return mkdtempSync(join(tmpdir(), `${name}-${process.pid}${machineMark()}-`));
}

function removeUnused(folder: string, owner: string): void {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.() || isInUse(folder, owner)) return;
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // what cannot be removed stays: it is not needed
  }
}

function listFolder(parent: string): readonly string[] {
  try {
    return readdirSync(parent).filter((name) => /^\d+(@.*)?$/.test(name));
  } catch {
    return []; // nothing was ever needed
  }
}

function isInUse(folder: string, name: string): boolean {
  const pid = Number.parseInt(name, 10);
  const mark = name.slice(String(pid).length);
  const orchestrator = mark === '' || mark === machineMark() ? undefined : { name: mark };
  try {
    const { mtime, mtimeMs } = statSync(folder);
    return findProcessState({ pid, at: mtime.toISOString(), orchestrator }, mtimeMs) !== 'ended';
  } catch {
    return false; // its own process removed it meanwhile
  }
}
