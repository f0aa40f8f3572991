import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Role } from '../../../core/playbook/step-model.ts';
import { hasTemplate } from '../../template/template.ts';
import { displayPath } from '../../yaml/display-path.ts';
import { readYaml, type YamlResult } from '../../yaml/read-yaml.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import {
  findCandidates,
  findFile,
  findRole,
  findRoleFiles,
  isFile,
  listRoles,
  roleFolders,
  type SearchOrigin,
  taskFolders,
  varsFolders,
  withKnownFolders,
} from './find-files.ts';
import { includedNames } from './included-names.ts';
import { toModuleName } from './module-name.ts';
import { asList, isRecord, toFileName, toRoleName, type UnknownRecord } from './raw-step.ts';

/** What the files say that playbooks name, by kind and absolute path: each is parsed once, however many playbooks name it. */
export type ParsedFiles = Map<string, YamlResult>;

/** What is gathered from a playbook and all that it imports and includes, before any of it is checked. */
export interface FileCollector {
  readonly dir: string;
  readonly top: string;
  readonly files: Map<string, SourceDocument>;
  /** Those of all playbooks that are checked together. */
  readonly parsed: ParsedFiles;
  /** Keys of tasks: those that name a module are loaded. */
  readonly usedKeys: Set<string>;
  readonly problems: SwarmError[];
  readonly seenRoles: Set<string>;
  /** Files whose tasks are collected. One may be read before, where a name with a template means it too. */
  readonly seenTasks: Set<string>;
}

/** Parses a file and remembers it. `isVars`: a mapping in it is variables. */
export function parseFile(collector: FileCollector, file: string, bytes: Uint8Array | string, isVars: boolean): SourceDocument {
  return addFile(collector, file, readYaml(bytes, displayPath(file, collector.dir), isVars));
}

function addFile({ files, problems }: FileCollector, file: string, { source, problems: found }: YamlResult): SourceDocument {
  problems.push(...found);
  files.set(file, source);
  return source;
}

function tryReadFile(collector: FileCollector, file: string, isVars: boolean): SourceDocument | undefined {
  const { dir, files, parsed } = collector;
  if (files.has(file)) return files.get(file);
  const key = `${isVars ? 'vars' : 'steps'} ${file}`;
  try {
    const known = parsed.get(key) ?? (isFile(file) ? readYaml(readFileSync(file), displayPath(file, dir), isVars) : undefined);
    if (known === undefined) return undefined; // reported at the key that names the file
    parsed.set(key, known);
    return addFile(collector, file, known);
  } catch {
    return undefined; // reported at the key that names the file
  }
}

const tryReadVars = (collector: FileCollector, file: string): SourceDocument | undefined => tryReadFile(collector, file, true);

const filterTexts = (value: unknown): readonly string[] => [value].flat().filter((each) => typeof each === 'string');

/** Reads everything that a playbook file names: tasks, roles, variables and other playbooks, each file once. */
export function collectPlaybook(collector: FileCollector, file: string, value: unknown): void {
  if (isRecord(value)) for (const vars of filterTexts(value['vars_files'])) tryReadVars(collector, resolve(dirname(file), vars));
  for (const play of Array.isArray(value) ? value : asList(isRecord(value) ? value['plays'] : [])) {
    if (!isRecord(play)) continue;
    const imported = importedPlaybook(play);
    if (imported !== undefined) {
      const path = resolve(dirname(file), imported);
      if (!collector.files.has(path)) collectPlaybook({ ...collector, top: path }, path, tryReadFile(collector, path, false)?.value);
      continue;
    }
    const place: SearchOrigin = { file, top: collector.top };
    for (const key of ['pre_tasks', 'tasks', 'post_tasks', 'handlers']) collectSteps(collector, place, play[key]);
    for (const vars of filterTexts(play['vars_files'])) tryReadVars(collector, resolve(dirname(file), vars));
    for (const role of asList(play['roles'])) collectRole(collector, place, isRecord(role) ? (role['role'] ?? role['name']) : role, {});
  }
}

function importedPlaybook(play: UnknownRecord): string | undefined {
  const key = Object.keys(play).find((each) => toModuleName(each) === 'import_playbook');
  const value = key === undefined ? undefined : play[key];
  return typeof value === 'string' ? value : undefined;
}

function collectSteps(collector: FileCollector, place: SearchOrigin, steps: unknown): void {
  for (const step of asList(steps)) {
    if (!isRecord(step)) continue;
    for (const key of ['block', 'rescue', 'always']) collectSteps(collector, place, step[key]);
    for (const [written, value] of Object.entries(step)) {
      const key = toModuleName(written);
      collector.usedKeys.add(key);
      if (key === 'import_tasks' || key === 'include_tasks') {
        const names = includedNames(toFileName(value) ?? '', step).map((name) => withKnownFolders(place, name));
        for (const path of names.flatMap((name) => findCandidates(taskFolders(place), name))) collectTaskFile(collector, place, path);
      } else if (key === 'include_vars') {
        for (const path of findVarsFiles(place, value)) tryReadVars(collector, path);
      } else if (key === 'import_role' || key === 'include_role') collectRole(collector, place, toRoleName(value), value);
    }
  }
}

function collectTaskFile(collector: FileCollector, place: SearchOrigin, path: string): void {
  if (collector.seenTasks.has(path)) return;
  collector.seenTasks.add(path);
  collectSteps(collector, { ...place, file: path }, tryReadFile(collector, path, false)?.value);
}

/** Folders of a role whose files are not variables, whatever a name with templates means. */
const OTHER_FOLDERS = /\/(?:tasks|handlers|meta|templates|files|molecule|tests)\/[^/]+$/;

/** The files that `include_vars` can read: the one that it names, or all of a folder. */
export function findVarsFiles(place: SearchOrigin, value: unknown): readonly string[] {
  const written = isRecord(value) ? value['dir'] : undefined;
  const dir = typeof written === 'string' ? withKnownFolders(place, written) : undefined;
  const name = withKnownFolders(place, toFileName(value) ?? '');
  if (dir === undefined) return findCandidates(varsFolders(place), name).filter((path) => !hasTemplate(name) || !OTHER_FOLDERS.test(path));
  if (hasTemplate(dir)) return [];
  return varsFolders(place)
    .map((folder) => findCandidates([resolve(folder, dir)], '{{ any }}.yml'))
    .flatMap((all) => (all.length === 0 ? [] : [all]))
    .slice(0, 1)
    .flat();
}

/** The roles that a name can mean. */
export function findRoles(place: SearchOrigin, project: string, name: unknown): readonly Role[] {
  if (typeof name !== 'string') return [];
  const folders = roleFolders(place, project);
  const depth = name.replace(/\{\{.*?\}\}/gs, '').split('/').length - 1;
  const names = hasTemplate(name) ? listRoles(folders, depth) : [name];
  const pattern = new RegExp(
    `^${name
      .split(/\{\{.*?\}\}/s)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
  return names.filter((each) => !hasTemplate(name) || pattern.test(each)).flatMap((each) => findRole(folders, each) ?? []);
}

function collectRole(collector: FileCollector, place: SearchOrigin, name: unknown, value: unknown): void {
  const from = isRecord(value) ? value : {};
  for (const role of findRoles(place, collector.dir, name)) {
    const key = JSON.stringify([role.path, from['tasks_from'], from['vars_from'], from['defaults_from'], from['handlers_from']]);
    if (collector.seenRoles.has(key)) continue;
    collector.seenRoles.add(key);
    const named = (folder: string): string | undefined => {
      const file = from[`${folder}_from`];
      return typeof file === 'string' ? file : undefined;
    };
    const inRole = { ...place, role };
    for (const path of findRoleFiles(role, 'meta')) {
      const meta = tryReadVars(collector, path)?.value; // what it gives to other roles is variables
      for (const each of asList(isRecord(meta) ? meta['dependencies'] : []))
        collectRole(collector, inRole, isRecord(each) ? (each['role'] ?? each['name']) : each, {});
    }
    for (const folder of ['defaults', 'vars'] as const)
      for (const path of findRoleFiles(role, folder, named(folder))) tryReadVars(collector, path);
    for (const folder of ['tasks', 'handlers'] as const)
      for (const path of findRoleFiles(role, folder, named(folder))) collectTaskFile(collector, inRole, path);
  }
}

/** The file of an import, where it exists. */
export const findTaskFile = (place: SearchOrigin, name: string): string | undefined =>
  findFile(taskFolders(place), withKnownFolders(place, name));
