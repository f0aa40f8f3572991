import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Span } from '../../core/span.ts';
import { isHostList } from '../../language/inventory/files/inventory-paths.ts';
import { fileHasValue, findValueSpan } from '../../language/yaml/edit-yaml.ts';
import type { Project, ProjectOptions } from './project.ts';

/** The inventory's files: those of inventory/, or what -i names. */
function listInventoryFiles({ dir }: Pick<Project, 'dir'>, { inventory }: ProjectOptions): readonly string[] {
  return (inventory?.filter((path) => !isHostList(path)).map((path) => resolve(path)) ?? [join(dir, 'inventory')]).flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => /^[^.].*\.ya?ml$/.test(name))
          .sort()
          .map((name) => join(path, name))
      : [path],
  );
}

/** The file that has a host, or that part of its entry; undefined where none has. */
export function findHostFile(project: Pick<Project, 'dir'>, options: ProjectOptions, name: string, key?: string): string | undefined {
  return listInventoryFiles(project, options).find((file) => fileHasValue(file, ['hosts', name, ...(key === undefined ? [] : [key])]));
}

/** Where a new host is written: the file that has the others. */
export function findNewHostFile(project: Project, options: ProjectOptions): string {
  const files = listInventoryFiles(project, options);
  return files.find((file) => fileHasValue(file, ['hosts'])) ?? files[0] ?? join(project.dir, 'inventory', 'swarm.yml');
}

/** Where a route of a host is written, to be mended there. */
export function findRouteSpan(project: Pick<Project, 'dir'>, options: ProjectOptions, name: string, at: number): Span | undefined {
  const file = findHostFile(project, options, name, 'routes');
  return file === undefined ? undefined : findValueSpan(file, ['hosts', name, 'routes', at]);
}
