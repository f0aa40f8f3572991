import { basename, relative } from 'node:path';
import { toErrorJson } from '../../core/error/convert-error.ts';
import { withGivenOptions } from '../../core/error/given-options.ts';
import type { ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { formatQuantity } from '../../report/text/format.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { printErrors, printWarnings } from '../print-errors.ts';
import { findProjectProblems, isBuiltIn } from './project-problems.ts';

/** `swarm check [FILE...]`: inventory, package lists, playbooks and the modules that they use; every problem of every file at once. */
export async function checkProjectCommand(files: readonly string[], options: GlobalOptions): Promise<number> {
  const { problems, warnings, project, playbookFiles, failed } = await findProjectProblems(files, options);
  printWarnings(warnings, options);
  printWarnings(project?.inventory.warnings, options);
  if (options.output === 'sarif')
    return printSarif(project?.dir ?? process.cwd(), problems, [...warnings, ...(project?.inventory.warnings ?? [])]);
  const checked = playbookFiles.map((file) => ({ name: relative(process.cwd(), file), status: failed.has(file) ? 'invalid' : 'ok' }));
  const hosts = (project?.inventory.hosts.length ?? 1) - 1; // localhost is not written down
  const errors = problems.map((problem) => withGivenOptions(toErrorJson(problem), options));
  printResult(options, { files: checked, hosts, errors }, () =>
    problems.length > 0 ? [] : [`inventory: ${formatQuantity(hosts, 'host')}`, ...okLines(playbookFiles)],
  );
  return printErrors(errors, options);
}

/** A line for each playbook of the project, and one for those that come with swarm. */
function okLines(files: readonly string[]): readonly string[] {
  const own = files.filter((file) => !isBuiltIn(file));
  const names = files.filter(isBuiltIn).map((file) => basename(file, '.yml'));
  const builtIn = names.length === 0 ? [] : [`built-in playbooks ${names.join(', ')}: ok`];
  return [...own.map((file) => `${relative(process.cwd(), file)}: ok`), ...builtIn];
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
  return printErrors(errors, {}); // they are for the log of a build service
}
