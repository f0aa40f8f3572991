import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackageLists } from '../../builds/target/package-lists.ts';
import type { ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalText } from '../../core/files/read-local-file.ts';
import { leftVarsProblems } from '../../core/inventory/inventory.ts';
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
import { isSecret } from '../../fleet/runs/check/known-vars.ts';
import { collectProblems, findPlaybookProblems, withoutKnown } from '../../fleet/runs/check/playbook-problems.ts';
import type { ParsedFiles } from '../../language/playbook/files/collect-files.ts';
import { isTaskFile } from '../../language/playbook/files/task-list.ts';
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
 *  not keep the others from being checked. The built-in playbooks are checked where the project may change what they do. */
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
  const checksBuiltIn = files.length > 0 || mayChangeBuiltIn(dir, modules, project);
  const all = files.length > 0 ? files.map((file) => requirePlaybook(file, dir)) : listPlaybookFiles(dir);
  const candidates = all.filter((file) => checksBuiltIn || !isBuiltIn(file));
  const warnings: ErrorJson[] = [];
  const playbookFiles: string[] = [];
  const failed = new Set<string>();
  const parsed: ParsedFiles = new Map();
  for (const file of candidates) {
    const { playbook, problems } = await findPlaybookProblems(file, {
      ...{ modules, dir, parsed },
      inventory: isBuiltIn(file) ? undefined : project?.inventory,
      hosts: project?.inventory.hosts ?? [],
    });
    // it is not a playbook, and is read with those that include it
    if (problems.length > 0 && files.length === 0 && (isTaskFile(file, modules.names) || isNamedByPlaybook(file, candidates))) continue;
    playbookFiles.push(file);
    found.add(problems);
    warnings.push(...(playbook?.warnings ?? []));
    if (problems.length > 0) failed.add(file);
  }
  // a playbook that cannot be read says nothing of its templates
  if (files.length === 0 && dir !== undefined && failed.size > 0) found.add(findTemplateProblems(dir, found.problems));
  return { problems: found.problems, warnings, project, playbookFiles, failed };
}

/** Whether something of the project can spoil the playbooks that come with swarm: a module or a template in the place of a built-in one, or a
 *  secret variable of a host. Else they are as they were tested, and to read them takes longer than to read a small project. */
function mayChangeBuiltIn(dir: string | undefined, { ownNames, subjectOf }: ProjectModuleSource, project: Project | undefined): boolean {
  if (dir === packageRoot() || ownNames.some((name) => subjectOf(name) !== undefined)) return true;
  const templates = readdirSync(join(packageRoot(), 'templates'));
  if (dir !== undefined && templates.some((name) => existsSync(join(dir, 'templates', name)))) return true;
  return project?.inventory.hosts.some(({ vars }) => Object.values(vars).some((value) => isSecret(value, new Set()))) === true;
}

/** All files that may be playbooks: in the folder of the project, in `playbooks/`, and those that come with swarm. */
const listPlaybookFiles = (dir: string | undefined): readonly string[] => [
  ...new Set([
    ...(dir === undefined ? [] : listTopPlaybooks(dir)),
    ...listPlaybookNames(dir).flatMap((name) => findPlaybook(name, dir) ?? []),
  ]),
];

/** What is wrong in the templates of the project and its roles, without what is known already. */
function findTemplateProblems(dir: string, known: readonly SwarmError[]): readonly SwarmError[] {
  const roles = join(dir, 'roles');
  const folders = [dir, ...(existsSync(roles) ? readdirSync(roles).map((role) => join(roles, role)) : [])];
  const problems = folders
    .flatMap((folder) => listTemplateFiles(join(folder, 'templates')))
    .flatMap((file) => findTemplateFileProblems(readLocalText(file), file));
  return withoutKnown(problems, known);
}

const listTemplateFiles = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.hbs'))
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
