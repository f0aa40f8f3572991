import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { journalPath } from '../../journal/journal-path.ts';
import { readFirstEvent } from '../../journal/runs/journal-ends.ts';
import { findRun, type RunSummary } from '../../journal/runs/run-list.ts';
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

/** A run, and where it is. */
export interface LocatedRun<T> {
  readonly runsDir: string;
  readonly run: string;
  /** Its journal. */
  readonly file: string;
  /** With the inventory that -i named when the run was started, where it names none now; and with the folder of the run, where they would
   *  lead to another. */
  readonly options: T;
}

/** Finds a run by its id, the start of its id, or `last`, which is what counts where none is named: the newest that is `meant`.
 *  Throws SW1203, SW1206 and SW5021. */
export function locateRun<T extends ProjectOptions>(given: T, wanted = 'last', meant?: (run: RunSummary) => boolean): LocatedRun<T> {
  const runsDir = findRunsDir(given);
  const run = findRun(runsDir, wanted, meant);
  const file = journalPath(runsDir, run);
  return { runsDir, run, file, options: withInventoryOfRun(given, runsDir, file) };
}

function withInventoryOfRun<T extends ProjectOptions>(given: T, runsDir: string, file: string): T {
  const start = readFirstEvent(file);
  const inventory = given.inventory ?? (start?.type === 'run.started' ? start.inventory : undefined);
  if (inventory === undefined) return given;
  const directory = dirname(dirname(runsDir));
  const found = { ...given, inventory };
  return findProjectDir(found) === directory ? found : { ...found, directory };
}
