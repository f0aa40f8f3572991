import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HostAbsence } from '../../engine/host/host-absence.ts';
import { goneHostsFile, readGoneHosts } from '../../journal/gone-hosts.ts';
import { isHostList } from '../../language/inventory/files/inventory-paths.ts';
import { openProject, type Project, type ProjectOptions, stateDir } from '../project/project.ts';

const POLL_MS = 2000; // a poll sees also what another machine writes to a shared folder

/** Tells at once, and after each change of the inventory or of the hosts that are gone, which hosts are blocked or gone. An inventory
 *  that somebody is in the middle of writing is read again at the next poll. Returns what ends that. */
export function watchHosts(project: Project, options: ProjectOptions, changed: (now: HostAbsence) => void, pollMs = POLL_MS): () => void {
  changed({ hosts: project.inventory.hosts, gone: readGoneHosts(stateDir(project)) });
  let known = stampSources(project, options);
  let reading = false;
  let ended = false;
  const look = async (): Promise<void> => {
    const stamp = stampSources(project, options);
    if (stamp === known || reading) return;
    reading = true;
    try {
      const now = await openProject({ ...options, directory: project.dir });
      const gone = readGoneHosts(stateDir(project));
      known = stamp;
      if (!ended) changed({ hosts: now.inventory.hosts, gone });
    } catch {
      // not whole at this time
    } finally {
      reading = false;
    }
  };
  const poll = setInterval(() => void look(), pollMs);
  poll.unref();
  return () => {
    ended = true;
    clearInterval(poll);
  };
}

/** Changes when one of the files changes that blocks and hosts are read from. */
function stampSources(project: Project, options: ProjectOptions): string {
  const folder = join(project.dir, 'inventory');
  const inventory = (options.inventory ?? []).filter((path) => !isHostList(path));
  const files = [folder, ...listFiles(folder), ...inventory, ...inventory.flatMap(listFiles), goneHostsFile(stateDir(project))];
  return [...files, ...files.map((file) => dirname(file))].map(stampFile).join('\n');
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // a file, or nothing
  }
}

function stampFile(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() ? file : `${file} ${found.ino} ${found.size} ${found.mtimeMs}`;
}
