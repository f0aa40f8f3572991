import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Everywhere } from '../../cli/options.ts';
import type { Span } from '../../core/span.ts';
import { defines, placeOf } from '../../language/yaml/edit-yaml.ts';
import type { Project } from './project.ts';

/** The inventory's files: those of inventory/, or what -i names. */
function inventoryFiles({ dir }: Pick<Project, 'dir'>, { inventory }: Pick<Everywhere, 'inventory'>): readonly string[] {
  return (inventory?.map((path) => resolve(path)) ?? [join(dir, 'inventory')]).flatMap((place) =>
    statSync(place).isDirectory()
      ? readdirSync(place)
          .filter((name) => /^[^.].*\.ya?ml$/.test(name))
          .sort()
          .map((name) => join(place, name))
      : [place],
  );
}

/** The file that has a host, or that part of its entry; undefined where none has. */
export function fileWith(
  project: Pick<Project, 'dir'>,
  options: Pick<Everywhere, 'inventory'>,
  name: string,
  key?: string,
): string | undefined {
  return inventoryFiles(project, options).find((file) => defines(file, ['hosts', name, ...(key === undefined ? [] : [key])]));
}

/** Where a new host is written: the file that has the others. */
export function fileForHosts(project: Project, options: Pick<Everywhere, 'inventory'>): string {
  const files = inventoryFiles(project, options);
  return files.find((file) => defines(file, ['hosts'])) ?? files[0] ?? join(project.dir, 'inventory', 'swarm.yml');
}

/** Where a route of a host is written, to be mended there. */
export function routePlace(
  project: Pick<Project, 'dir'>,
  options: Pick<Everywhere, 'inventory'>,
  name: string,
  at: number,
): Span | undefined {
  const file = fileWith(project, options, name, 'routes');
  return file === undefined ? undefined : placeOf(file, ['hosts', name, 'routes', at]);
}
