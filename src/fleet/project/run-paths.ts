import { join } from 'node:path';
import type { RunPaths } from '../../core/module.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import type { Project } from './project.ts';

/** Where a run keeps and finds its files. Staging is on the binhost's file system, so that publishing is a rename. */
export function makeRunPaths({ dir, inventory }: Project, run: string): RunPaths {
  const { binhost } = inventory;
  return {
    run,
    project: dir,
    staging: binhost.host === undefined ? join(binhost.path, '.swarm', 'stage', run) : join(dir, '.swarm', 'stage', run),
    binhost,
    targets: inventory.targets,
    ...listSourceFolders(dir),
  };
}

/** Where the files of tasks are searched in a project. */
export const listSourceFolders = (dir: string): Pick<RunPaths, 'files' | 'templates'> => ({
  files: [join(dir, 'files'), dir],
  templates: [join(dir, 'templates'), join(packageRoot(), 'templates')],
});
