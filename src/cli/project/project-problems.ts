import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPackageLists } from '../../builds/target/package-lists.ts';
import { type ErrorJson, SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import { readLocalText } from '../../core/files/read-local-file.ts';
import { leftVarsProblems } from '../../core/inventory/inventory.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import { moduleSource } from '../../engine/module-source.ts';
import {
  findPlaybook,
  isNamedByPlaybook,
  listPlaybookNames,
  listTopPlaybooks,
  requirePlaybook,
} from '../../fleet/project/find-playbook.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { checkTasks } from '../../fleet/runs/check-tasks.ts';
import { isTaskFile } from '../../language/playbook/files/task-list.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
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

/** Inventory, package lists, playbooks and the modules that they use; every problem of every file at once. */
export async function findProjectProblems(files: readonly string[], options: GlobalOptions): Promise<ProjectProblems> {
  const problems: SwarmError[] = [];
  const warnings: ErrorJson[] = [];
  const collectProblems = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ValidationError || error instanceof SwarmError)) throw error;
      // a broken module that two playbooks use is one problem
      for (const problem of error instanceof ValidationError ? error.problems : [error])
        if (!problems.includes(problem)) problems.push(problem);
      return undefined;
    }
  };
  const project = await collectProblems(() => openProject(options));
  if (project !== undefined) problems.push(...leftVarsProblems(project.inventory));
  if (project !== undefined) await collectProblems(() => checkPackageLists(project.dir, project.inventory.targets));
  const modules = moduleSource(project?.dir);
  if (files.length === 0) for (const name of modules.ownNames) await collectProblems(() => modules.load(name));
  const failed = new Set<string>();
  const candidates = files.length > 0 ? files.map((file) => requirePlaybook(file, project?.dir)) : listPlaybookFiles(project?.dir);
  const playbookFiles: string[] = [];
  const folders = project && makeRunPaths(project, '');
  for (const file of candidates) {
    const before = problems.length;
    const read = await collectProblems(() => readPlaybook(file, modules, isBuiltIn(file) ? undefined : project?.inventory));
    if (read === undefined && files.length === 0 && (isTaskFile(file, modules.names) || isNamedByPlaybook(file, candidates))) {
      problems.length = before; // it is no playbook, and is read with those that include it
      continue;
    }
    playbookFiles.push(file);
    warnings.push(...(read?.warnings ?? []));
    if (read !== undefined && project !== undefined && folders !== undefined) {
      await collectProblems(() => checkTasks(read, { inventory: project.inventory, modules, ...folders, args: {}, secretArgs: [] }));
      if (problems.length > before) failed.add(file);
    }
    if (read === undefined) failed.add(file);
  }
  // a playbook that cannot be read says nothing of its templates
  if (files.length === 0 && project !== undefined && failed.size > 0) problems.push(...templateProblems(project.dir, problems));
  return { problems, warnings, project, playbookFiles, failed };
}

/** All files that may be playbooks: in the folder of the project, in `playbooks/`, and those that come with swarm. */
const listPlaybookFiles = (dir: string | undefined): readonly string[] => [
  ...new Set([
    ...(dir === undefined ? [] : listTopPlaybooks(dir)),
    ...listPlaybookNames(dir).flatMap((name) => findPlaybook(name, dir) ?? []),
  ]),
];

/** What is wrong in the templates of the project and its roles, without what is known already. */
function templateProblems(dir: string, known: readonly SwarmError[]): readonly SwarmError[] {
  const place = ({ at }: SwarmError): string => `${resolve(at?.file ?? '')}:${at?.line}:${at?.column}`;
  const told = new Set(known.map(place));
  const roles = join(dir, 'roles');
  const folders = [dir, ...(existsSync(roles) ? readdirSync(roles).map((role) => join(roles, role)) : [])];
  return folders
    .flatMap((folder) => listTemplateFiles(join(folder, 'templates')))
    .flatMap((file) => findTemplateFileProblems(readLocalText(file), file))
    .filter((problem) => !told.has(place(problem)));
}

const listTemplateFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
