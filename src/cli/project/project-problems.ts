import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPackageLists } from '../../builds/target/package-lists.ts';
import { type ErrorJson, SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import { readLocalFileSync, readLocalText } from '../../core/files/read-local-file.ts';
import { type Inventory, leftVarsProblems } from '../../core/inventory/inventory.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import { moduleSource, type ProjectModuleSource } from '../../engine/module-source.ts';
import {
  findPlaybook,
  isNamedByPlaybook,
  listPlaybookNames,
  listTopPlaybooks,
  requirePlaybook,
} from '../../fleet/project/find-playbook.ts';
import { findProjectDir, openProject, type Project } from '../../fleet/project/project.ts';
import { listSourceFolders } from '../../fleet/project/run-paths.ts';
import { checkTasks } from '../../fleet/runs/check-tasks.ts';
import { isTaskFile } from '../../language/playbook/files/task-list.ts';
import { inspectPlaybook } from '../../language/playbook/read-playbook.ts';
import { throwIfProblems } from '../../language/schema/throw-problems.ts';
import { findTemplateFileProblems } from '../../language/template/template.ts';
import type { GlobalOptions } from '../define-command.ts';

/** What `swarm check` finds. */
export interface ProjectProblems {
  readonly problems: readonly SwarmError[];
  readonly warnings: readonly ErrorJson[];
  /** Undefined where the inventory cannot be read. */
  readonly project: Project | undefined;
  readonly playbookFiles: readonly string[];
  /** Playbooks with problems. */
  readonly failed: ReadonlySet<string>;
}

/** A built-in playbook may name groups that this inventory does not have. */
export const isBuiltIn = (file: string): boolean => file.startsWith(join(packageRoot(), 'playbooks'));

/** Inventory, package lists, playbooks and the modules that they use; every problem of every file at once. What is wrong in one of them does
 *  not keep the others from being checked. */
export async function findProjectProblems(files: readonly string[], options: GlobalOptions): Promise<ProjectProblems> {
  const found = collectProblems();
  const dir = await found.from(() => findProjectDir(options));
  const project = dir === undefined ? undefined : await found.from(() => openProject(options));
  if (project !== undefined) {
    found.add(leftVarsProblems(project.inventory));
    await found.from(() => checkPackageLists(project.dir, project.inventory.targets));
  }
  const modules = moduleSource(dir);
  if (files.length === 0) for (const name of modules.ownNames) await found.from(() => modules.load(name));
  const candidates = files.length > 0 ? files.map((file) => requirePlaybook(file, dir)) : listPlaybookFiles(dir);
  const warnings: ErrorJson[] = [];
  const playbookFiles: string[] = [];
  const failed = new Set<string>();
  for (const file of candidates) {
    const { playbook, problems } = await findPlaybookProblems(file, { modules, dir, inventory: project?.inventory });
    // it is not a playbook, and is read with those that include it
    if (problems.length > 0 && files.length === 0 && (isTaskFile(file, modules.names) || isNamedByPlaybook(file, candidates))) continue;
    playbookFiles.push(file);
    found.add(problems);
    warnings.push(...(playbook?.warnings ?? []));
    if (problems.length > 0) failed.add(file);
  }
  // a playbook that cannot be read says nothing of its templates
  if (files.length === 0 && dir !== undefined && failed.size > 0) found.add(templateProblems(dir, found.problems));
  return { problems: found.problems, warnings, project, playbookFiles, failed };
}

/** Problems of several files. A broken module that two playbooks use is one problem. */
function collectProblems() {
  const problems: SwarmError[] = [];
  const add = (more: readonly SwarmError[]): void => {
    for (const problem of more) if (!problems.includes(problem)) problems.push(problem);
  };
  const from = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ValidationError || error instanceof SwarmError)) throw error;
      add(error instanceof ValidationError ? error.problems : [error]);
      return undefined;
    }
  };
  return { problems, add, from };
}

/** What a playbook is checked with. Without the inventory nobody knows the groups and the variables of hosts. */
interface CheckedWith {
  readonly modules: ProjectModuleSource;
  readonly dir: string | undefined;
  readonly inventory: Inventory | undefined;
}

/** A playbook, as far as it can be read, with the problems of its form and those that its tasks would meet. */
async function findPlaybookProblems(
  file: string,
  { modules, dir, inventory }: CheckedWith,
): Promise<{ readonly playbook: Playbook | undefined; readonly problems: readonly SwarmError[] }> {
  const found = collectProblems();
  const read = await found.from(() => inspectPlaybook(file, readLocalFileSync(file), modules, isBuiltIn(file) ? undefined : inventory));
  await found.from(() => throwIfProblems(read?.problems ?? []));
  const { playbook } = read ?? {};
  if (playbook === undefined || dir === undefined) return { playbook, problems: found.problems };
  const ofTasks = collectProblems();
  const hosts = inventory?.hosts ?? [];
  const check = { inventory: { hosts }, modules, ...listSourceFolders(dir), args: {}, secretArgs: [] };
  await ofTasks.from(() => checkTasks(playbook, check));
  const told = new Set(found.problems.map(placeOf));
  found.add(ofTasks.problems.filter((problem) => !told.has(placeOf(problem))));
  return { playbook, problems: found.problems };
}

const placeOf = ({ at }: SwarmError): string => `${resolve(at?.file ?? '')}:${at?.line}:${at?.column}`;

/** All files that may be playbooks: in the folder of the project, in `playbooks/`, and those that come with swarm. */
const listPlaybookFiles = (dir: string | undefined): readonly string[] => [
  ...new Set([
    ...(dir === undefined ? [] : listTopPlaybooks(dir)),
    ...listPlaybookNames(dir).flatMap((name) => findPlaybook(name, dir) ?? []),
  ]),
];

/** What is wrong in the templates of the project and its roles, without what is known already. */
function templateProblems(dir: string, known: readonly SwarmError[]): readonly SwarmError[] {
  const told = new Set(known.map(placeOf));
  const roles = join(dir, 'roles');
  const folders = [dir, ...(existsSync(roles) ? readdirSync(roles).map((role) => join(roles, role)) : [])];
  return folders
    .flatMap((folder) => listTemplateFiles(join(folder, 'templates')))
    .flatMap((file) => findTemplateFileProblems(readLocalText(file), file))
    .filter((problem) => !told.has(placeOf(problem)));
}

const listTemplateFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
