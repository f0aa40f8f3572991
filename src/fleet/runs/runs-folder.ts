import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { journalPath } from '../../journal/journal-path.ts';
import { readFirstEvent } from '../../journal/runs/journal-ends.ts';
import { findRun } from '../../journal/runs/run-list.ts';
import { assertOwnProject } from '../project/assert-own-project.ts';
import { findOptionalProjectDir, findProjectDir, type ProjectOptions } from '../project/project.ts';

/** The folder of the runs of a project. A folder from which only `swarm -i FILE` was run has no inventory/, but it has runs. Throws
 *  SW1206 and SW5021. */
export function findRunsDir(options: ProjectOptions): string {
  const dir = findOptionalProjectDir(options) ?? findFolderWithRuns(options.directory) ?? findProjectDir(options);
  return join(dir, '.swarm', 'runs');
}

function findFolderWithRuns(directory: string | undefined): string | undefined {
  for (let dir = resolve(directory ?? '.'); ; dir = dirname(dir)) {
    if (existsSync(join(dir, '.swarm', 'runs'))) {
      if (directory === undefined) assertOwnProject(dir);
      return dir;
    }
    if (directory !== undefined || dirname(dir) === dir) return undefined;
  }
}

/** The options with the inventory that -i named when the run was started, where it names none now; and with the folder of the run, where
 *  they would lead to another. */
export function withInventoryOfRun<T extends ProjectOptions>(options: T, wanted: string): T {
  const runsDir = findRunsDir(options);
  const start = readFirstEvent(journalPath(runsDir, findRun(runsDir, wanted)));
  const inventory = options.inventory ?? (start?.type === 'run.started' ? start.inventory : undefined);
  if (inventory === undefined) return options;
  const directory = dirname(dirname(runsDir));
  const found = { ...options, inventory };
  return findProjectDir(found) === directory ? found : { ...found, directory };
}
