import { existsSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { isReadable } from '../../../core/files/is-readable.ts';
import type { Role } from '../../../core/playbook/step-model.ts';
import { hasTemplate } from '../../template/template.ts';

/** Where files are searched for: the file that names them, the role that it belongs to, and the playbook. */
export interface SearchOrigin {
  readonly file: string;
  readonly role?: Role;
  readonly top: string;
}

/** The folders of files with tasks, in order. */
export const taskFolders = ({ file, role, top }: SearchOrigin): readonly string[] =>
  unique([dirname(file), ...(role === undefined ? [] : [join(role.path, 'tasks'), role.path]), dirname(top)]);

/** The name of a file in which `role_path` and `playbook_dir` are filled in: both are known before the run. */
export const withKnownFolders = ({ role, top }: SearchOrigin, name: string): string =>
  name.replace(/\{\{\s*(role_path|playbook_dir)\s*\}\}/g, (template, variable: string) =>
    variable === 'playbook_dir' ? dirname(top) : (role?.path ?? template),
  );

/** The folders of files with variables, in order. */
export const varsFolders = ({ file, role, top }: SearchOrigin): readonly string[] =>
  unique([
    ...(role === undefined ? [] : [join(role.path, 'vars'), role.path]),
    ...[dirname(file), join(dirname(top), 'vars'), dirname(top)],
  ]);

const unique = (all: readonly string[]): readonly string[] => [...new Set(all)];

/** What is at a path; undefined for nothing, and for a name that no file can have. */
function statPath(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a NUL in it, a name too long, a folder that may not be read
  }
}

/** True for a file, links followed; a pipe would be waited for, a device read without end. */
export const isFile = (path: string): boolean => statPath(path)?.isFile() === true;

/** The file of that name in the first folder that has it. */
export const findFile = (folders: readonly string[], name: string): string | undefined =>
  folders.map((folder) => resolve(folder, name)).find(isFile);

const MAX_CANDIDATES = 200;

/** Every YAML file that a name with templates can mean; a name without templates means one file at most. */
export function findCandidates(folders: readonly string[], name: string): readonly string[] {
  if (!hasTemplate(name)) return [findFile(folders, name) ?? []].flat();
  const fixed = name.slice(0, name.indexOf('{{'));
  const from = fixed.slice(0, fixed.lastIndexOf('/') + 1);
  const rest = name.slice(from.length).split(/\{\{.*?\}\}/s);
  const pattern = new RegExp(`^${rest.map(escapePattern).join('.*')}$`, 's');
  const found = folders.flatMap((folder) =>
    listFiles(resolve(folder, from))
      .filter((path) => /\.ya?ml$/.test(path) && pattern.test(path))
      .map((path) => join(resolve(folder, from), path)),
  );
  return unique(found).slice(0, MAX_CANDIDATES);
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function listFiles(folder: string, depth = 0): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      if (!entry.isDirectory()) return [entry.name];
      if (depth > 2 || entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      return listFiles(join(folder, entry.name), depth + 1).map((path) => join(entry.name, path));
    });
  } catch {
    return [];
  }
}

/** The candidate that a name means once its templates are rendered. */
export const chooseCandidate = (candidates: readonly string[], folders: readonly string[], name: string): string | undefined =>
  folders.map((folder) => resolve(folder, name)).find((path) => candidates.includes(path));

/** The folders that hold roles: those of the playbook, of the project, and of the role that names another. */
export const roleFolders = ({ role, top }: SearchOrigin, project: string): readonly string[] =>
  unique([
    ...[join(dirname(top), 'roles'), join(project, 'roles'), join(dirname(dirname(top)), 'roles')],
    ...(role === undefined ? [] : [dirname(role.path)]),
    dirname(top),
  ]);

/** The role of that name. */
export function findRole(folders: readonly string[], name: string): Role | undefined {
  const path = folders.map((folder) => resolve(folder, name)).find((each) => statPath(each)?.isDirectory());
  return path === undefined ? undefined : { name: isAbsolute(name) || name.includes('/') ? basename(path) : name, path };
}

/** The names of all roles in these folders; `depth` is 1 for those in folders of them, such as `network/bridge`. */
export const listRoles = (folders: readonly string[], depth: number): readonly string[] =>
  unique(folders.filter((folder) => basename(folder) === 'roles' && existsSync(folder)).flatMap((folder) => listFolders(folder, depth)));

const listFolders = (folder: string, depth: number): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) => (depth === 0 ? [name] : listNestedRoles(join(folder, name), depth - 1).map((below) => `${name}/${below}`)));

/** Roles in a folder that may be a role itself. */
const listNestedRoles = (folder: string, depth: number): readonly string[] =>
  listFolders(folder, depth).filter((name) => !INNER_FOLDERS.has(name.split('/')[0] ?? ''));

const INNER_FOLDERS: ReadonlySet<string> = new Set(['tasks', 'handlers', 'defaults', 'vars', 'meta', 'files', 'templates', 'library']);

export type RoleFolder = 'tasks' | 'handlers' | 'defaults' | 'vars' | 'meta';

/** The files of a folder of a role: `main.yml`, `main.yaml` or every file in `main/`; or those that another name means. */
export function findRoleFiles(role: Role, folder: RoleFolder, from = 'main'): readonly string[] {
  const base = join(role.path, folder);
  if (hasTemplate(from)) return findCandidates([base], extname(from) === '' ? `${from}.yml` : from);
  const path = [from, `${from}.yml`, `${from}.yaml`].map((name) => join(base, name)).find(isFile);
  if (path !== undefined) return [path];
  const main = join(base, from);
  return listFiles(main, 3)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(main, name));
}

/** What stands in the place of a file of a role and cannot be read: a folder, a pipe, a link to nothing, a file of somebody else. */
export const findUnreadableRoleFiles = ({ path }: Role): readonly string[] =>
  ROLE_FOLDERS.flatMap((folder) => ['main.yml', 'main.yaml'].map((name) => join(path, folder, name))).filter(
    (each) => exists(each) && !(isFile(each) && isReadable(each)),
  );

const ROLE_FOLDERS = ['defaults', 'handlers', 'meta', 'tasks', 'vars'] as const satisfies readonly RoleFolder[];

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** A path as a person writes it. */
export const showPath = (path: string): string => relative(process.cwd(), path) || path;
