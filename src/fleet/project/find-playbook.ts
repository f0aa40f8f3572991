import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../core/program/package-root.ts';

const playbookFolders = (project: string | undefined): readonly string[] =>
  [...(project === undefined ? [] : [project]), packageRoot()].map((dir) => join(dir, 'playbooks'));

/** A file as it is named, else playbooks/NAME.yml of the project, else the built-in one. */
export function findPlaybook(name: string, project: string | undefined): string | undefined {
  if (/\.ya?ml$/.test(name) && existsSync(name)) return resolve(name);
  return playbookFolders(project)
    .flatMap((dir) => [join(dir, `${name}.yml`), join(dir, `${name}.yaml`), join(dir, name)])
    .find((file) => /\.ya?ml$/.test(file) && existsSync(file));
}

/** Names that `swarm run` takes, the project's and the built-in ones. */
export function listPlaybookNames(project: string | undefined): readonly string[] {
  const names = playbookFolders(project).flatMap((dir) => (existsSync(dir) ? readdirSync(dir) : []));
  return [...new Set(names.filter((name) => /\.ya?ml$/.test(name)).map((name) => name.replace(/\.ya?ml$/, '')))].sort();
}
