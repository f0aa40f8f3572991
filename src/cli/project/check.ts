import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describeError, errorJson, Invalid, nearest, SwarmError } from '../../core/error.ts';
import { packageRoot } from '../../core/package-root.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { playbookFile, playbookNames } from '../../fleet/project/find-playbook.ts';
import { openProject } from '../../fleet/project/project.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import type { Everywhere } from '../options.ts';
import { print } from '../output.ts';
import { tellErrors } from '../print-errors.ts';

/** A built-in playbook may name groups that this inventory does not have. */
const builtIn = (file: string): boolean => file.startsWith(join(packageRoot(), 'playbooks'));

/** `swarm check [FILE...]`: inventory, playbooks and the modules that they use; every problem of every file at once. */
export async function checkCommand(files: readonly string[], options: Everywhere): Promise<number> {
  const problems: SwarmError[] = [];
  const collect = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const project = await collect(() => openProject(options));
  const failed = new Set<string>();
  const chosen =
    files.length > 0
      ? files.map((file) => named(file, project?.dir))
      : playbookNames(project?.dir).flatMap((name) => playbookFile(name, project?.dir) ?? []);
  for (const file of chosen) {
    const read = await collect(() => readPlaybook(file, moduleSource(project?.dir), builtIn(file) ? undefined : project?.inventory));
    if (read === undefined) failed.add(file);
  }
  for (const warning of project?.inventory.warnings ?? []) process.stderr.write(`${describeError(warning).replace(/^error/, 'warning')}\n`);
  const checked = chosen.map((file) => ({ name: relative(process.cwd(), file), status: failed.has(file) ? 'invalid' : 'ok' }));
  const hosts = (project?.inventory.hosts.length ?? 1) - 1; // localhost is not written down
  print(options, { files: checked, hosts, errors: problems.map((problem) => errorJson(problem)) }, () =>
    problems.length > 0 ? [] : [`inventory: ${hosts} hosts`, ...checked.map(({ name }) => `${name}: ok`)],
  );
  return tellErrors(problems.map(errorJson));
}

/** A file, or a playbook by the name that `swarm run` takes; throws SW1203. */
function named(name: string, dir: string | undefined): string {
  const file = existsSync(name) ? resolve(name) : playbookFile(name, dir);
  if (file !== undefined) return file;
  const near = nearest(name, playbookNames(dir));
  throw new SwarmError('SW1203', `there is no file ${name}`, near === undefined ? {} : { hint: `did you mean the playbook ${near}?` });
}
