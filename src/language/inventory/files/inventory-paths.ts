import { readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { SwarmError } from '../../../core/error/swarm-error.ts';

/** Whether there is a folder at a path, links followed. */
export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether a name is that of a YAML file. */
export const isYaml = (name: string): boolean => ['.yml', '.yaml'].includes(extname(name)) && !name.startsWith('.');

/** Names that Ansible leaves out of a folder too. */
const LEFT_OUT = /^\.|~$|^known_hosts|^README|\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|cfg|retry|pub|lock|tmp|new)$/;

/** Whether a name without extension may be an inventory, or variables. */
export const isPlainName = (name: string): boolean => extname(name) === '' && !LEFT_OUT.test(name);

/** Executable, and no file of data. */
export const isProgram = (file: string): boolean => {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && !/\.(?:ya?ml|json|ini)$/.test(file) && (stat.mode & 0o111) !== 0;
};

/** `web1,web2`, or `web1,` for one: names of hosts in place of a file, as in Ansible. A list may be longer than a path can be. */
export function isHostList(given: string): boolean {
  if (!given.includes(',')) return false;
  try {
    return statSync(given, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG';
  }
}

/** What -i names, for a process in another folder: the path from the root, or the list of hosts as it is. */
export const resolveInventory = (given: string): string => (isHostList(given) ? given : resolve(given));

/** The files that an inventory is: of a folder, those whose names do not say that they are something else. */
export function listInventoryPaths(root: string, problems: SwarmError[]): readonly string[] {
  if (isFolder(root)) {
    return readdirSync(root)
      .filter((name) => !LEFT_OUT.test(name) && !isFolder(join(root, name)))
      .filter((name) => /\.(?:ya?ml|ini)$/.test(name) || isPlainName(name) || isProgram(join(root, name)))
      .sort()
      .map((name) => join(root, name));
  }
  if (statSync(root, { throwIfNoEntry: false }) !== undefined) return [root];
  problems.push(
    new SwarmError('SW1202', `there is no inventory ${root}`, {
      hint: 'Name a file or a folder after -i, or hosts: -i web1,web2 (for one: -i web1,)',
    }),
  );
  return [];
}
