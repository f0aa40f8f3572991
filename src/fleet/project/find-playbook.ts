import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { namesFile } from '../../core/files/names-file.ts';
import { readLocalText } from '../../core/files/read-local-file.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { dropByteOrderMark } from '../../language/yaml/text-encoding.ts';

const builtInFolder = (): string => join(packageRoot(), 'playbooks');

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;
const isPath = (name: string): boolean => name.includes('/') || /\.ya?ml$/.test(name);

/** A file as it is named: in the current folder, in that of the project, in `playbooks/`. A name alone is NAME.yml in `playbooks/`, else a
 *  playbook in the folder of the project, else the built-in one. */
export function findPlaybook(name: string, project: string | undefined): string | undefined {
  if (isPath(name) && isFile(name)) return resolve(name);
  const beside = project === undefined ? [] : namedFiles(project, name);
  const own = project === undefined ? [] : namedFiles(join(project, 'playbooks'), name);
  if (isPath(name)) return [...beside, ...own, ...namedFiles(builtInFolder(), name)].find(isFile);
  const isPlaybook = (file: string): boolean => isFile(file) && looksLikePlaybook(readSmallFile(file));
  return own.find(isFile) ?? beside.find(isPlaybook) ?? namedFiles(builtInFolder(), name).find(isFile);
}

const namedFiles = (dir: string, name: string): readonly string[] =>
  [`${name}.yml`, `${name}.yaml`, name].map((each) => join(dir, each)).filter((file) => /\.ya?ml$/.test(file));

/** Like findPlaybook. Throws SW1203 where there is none: for a folder, for a path, or with the nearest name. */
export function requirePlaybook(name: string, project: string | undefined): string {
  const file = findPlaybook(name, project);
  if (file !== undefined) return file;
  const names = listPlaybookNames(project);
  if (isPath(name) && existsSync(name))
    throw new SwarmError('SW1203', `${name} is not a playbook: it is not a file`, { hint: nameHint(names) });
  if (!isPath(name)) throw unknownNameError('playbook', name, names);
  const near = closestName(name, names);
  throw new SwarmError('SW1203', `there is no file ${name}`, {
    hint: near === undefined ? nameHint(names) : `Did you mean the playbook ${near}?`,
  });
}

const nameHint = (names: readonly string[]): string => `Name a YAML file, or one of: ${names.join(', ')}`;

/** Names that `swarm run` takes, the project's and the built-in ones. Those of playbooks in folders of `playbooks/` have these before them. */
export function listPlaybookNames(project: string | undefined): readonly string[] {
  const own = project === undefined ? [] : [join(project, 'playbooks')];
  const files = [...[...own, builtInFolder()].flatMap(listFilesOf), ...own.flatMap(listNestedPlaybooks)];
  const top = project === undefined || !existsSync(project) ? [] : listTopPlaybooks(project).map((file) => basename(file));
  return [...new Set([...files, ...top].map((name) => name.replace(/\.ya?ml$/, '')))].sort();
}

const listFilesOf = (dir: string): readonly string[] => (existsSync(dir) ? readdirSync(dir).filter((name) => /\.ya?ml$/.test(name)) : []);

/** Playbooks in folders of a folder. Tasks and variables are there too. */
const listNestedPlaybooks = (dir: string): readonly string[] =>
  listFolders(dir).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .map((name) => join(folder, name))
      .filter((file) => isReadableFile(file) && looksLikePlaybook(readSmallFile(file)))
      .map((file) => relative(dir, file)),
  );

/** The folders in a folder that can be read, at any depth. A link to one does not count: it may lead in a circle. */
const listFolders = (dir: string): readonly string[] =>
  (existsSync(dir) ? readdirSync(dir, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && isReadable(join(dir, entry.name)))
    .map(({ name }) => join(dir, name))
    .flatMap((folder) => [folder, ...listFolders(folder)]);

/** Whether a file is not a playbook, and one of these names it: variables or tasks beside the playbooks. */
export function isNamedByPlaybook(file: string, playbooks: readonly string[]): boolean {
  if (looksLikePlaybook(readSmallFile(file))) return false;
  const name = basename(file);
  return playbooks.some((other) => other !== file && namesFile(readSmallFile(other), name));
}

/** The text of a file, without the byte order mark that some editors write. Empty for a file that is too large for a playbook. */
const readSmallFile = (file: string): string => (statSync(file).size > MAX_PLAYBOOK_BYTES ? '' : dropByteOrderMark(readLocalText(file)));

const MAX_PLAYBOOK_BYTES = 1024 * 1024;

/** Files in the folder of the project itself that are playbooks: where Ansible has them. They are run by their path. */
export function listTopPlaybooks(project: string): readonly string[] {
  return readdirSync(project)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .map((name) => join(project, name))
    .filter((file) => isReadableFile(file) && looksLikePlaybook(readSmallFile(file)));
}

/** What is beside the playbooks, such as links that form a circle, keeps no other file from its name. */
const isReadableFile = (file: string): boolean => isReadable(file) && isFile(file);

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

const looksLikePlaybook = (text: string): boolean =>
  /^plays\s*:/m.test(text) || (/^-\s/m.test(text) && /^(?:-\s+| {2,4})(?:hosts|(?:ansible\.builtin\.)?import_playbook)\s*:/m.test(text));
