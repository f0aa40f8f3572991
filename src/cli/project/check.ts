import { join, relative } from 'node:path';
import { checkPackageLists } from '../../builds/target/package-lists.ts';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { type ErrorJson, SwarmError, ValidationError } from '../../core/error/swarm-error.ts';
import { packageRoot } from '../../core/program/package-root.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findPlaybook, listPlaybookNames, requirePlaybook } from '../../fleet/project/find-playbook.ts';
import { openProject } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { checkTasks } from '../../fleet/runs/check-tasks.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { printErrors, printWarnings } from '../print-errors.ts';

/** A built-in playbook may name groups that this inventory does not have. */
const isBuiltIn = (file: string): boolean => file.startsWith(join(packageRoot(), 'playbooks'));

/** `swarm check [FILE...]`: inventory, package lists, playbooks and the modules that they use; every problem of every file at once. */
export async function checkProjectCommand(files: readonly string[], options: GlobalOptions): Promise<number> {
  const problems: SwarmError[] = [];
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
  if (project !== undefined) await collectProblems(() => checkPackageLists(project.dir, project.inventory.targets));
  const modules = moduleSource(project?.dir);
  if (files.length === 0) for (const name of modules.ownNames) await collectProblems(() => modules.load(name));
  const failed = new Set<string>();
  const playbookFiles =
    files.length > 0
      ? files.map((file) => requirePlaybook(file, project?.dir))
      : listPlaybookNames(project?.dir).flatMap((name) => findPlaybook(name, project?.dir) ?? []);
  for (const file of playbookFiles) {
    const read = await collectProblems(() => readPlaybook(file, modules, isBuiltIn(file) ? undefined : project?.inventory));
    printWarnings(read?.warnings);
    if (read !== undefined && project !== undefined) {
      const before = problems.length;
      const { files, templates } = makeRunPaths(project, '');
      await collectProblems(() => checkTasks(read, { inventory: project.inventory, modules, files, templates, args: {}, secretArgs: [] }));
      if (problems.length > before) failed.add(file);
    }
    if (read === undefined) failed.add(file);
  }
  printWarnings(project?.inventory.warnings);
  if (options.output === 'sarif') return printSarif(project?.dir ?? process.cwd(), problems, project?.inventory.warnings ?? []);
  const checked = playbookFiles.map((file) => ({ name: relative(process.cwd(), file), status: failed.has(file) ? 'invalid' : 'ok' }));
  const hosts = (project?.inventory.hosts.length ?? 1) - 1; // localhost is not written down
  printResult(options, { files: checked, hosts, errors: problems.map((problem) => toErrorJson(problem)) }, () =>
    problems.length > 0 ? [] : [`inventory: ${hosts} hosts`, ...checked.map(({ name }) => `${name}: ok`)],
  );
  return printErrors(problems.map(toErrorJson));
}

/** Every problem and warning in the form that code hosts read. */
async function printSarif(dir: string, problems: readonly SwarmError[], warnings: readonly ErrorJson[]): Promise<number> {
  const { formatSarif } = await import('../../report/sarif.ts');
  const errors = problems.map(toErrorJson);
  const findings = [
    ...errors.map((error) => ({ level: 'error' as const, error })),
    ...warnings.map((error) => ({ level: 'warning' as const, error })),
  ];
  process.stdout.write(`${JSON.stringify(formatSarif(findings, dir, readProgramVersion()), null, 2)}\n`);
  return printErrors(errors);
}
