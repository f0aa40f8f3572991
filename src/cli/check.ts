import { join, relative, resolve } from 'node:path';
import { describeError, Invalid, type SwarmError } from '../core/error.ts';
import { packageRoot } from '../core/root.ts';
import { moduleSource } from '../engine/module-source.ts';
import { readPlaybook } from '../language/playbook.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { playbookFile, playbookNames } from './playbooks.ts';
import { openProject } from './project.ts';

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
  const named =
    files.length > 0
      ? files.map((file) => resolve(file))
      : playbookNames(project?.dir).flatMap((name) => playbookFile(name, project?.dir) ?? []);
  for (const file of named)
    await collect(() => readPlaybook(file, moduleSource(project?.dir), builtIn(file) ? undefined : project?.inventory));
  if (problems.length > 0) throw new Invalid(problems);
  for (const warning of project?.inventory.warnings ?? []) process.stderr.write(`${describeError(warning).replace(/^error/, 'warning')}\n`);
  const checked = named.map((file) => ({ name: relative(process.cwd(), file), status: 'ok' }));
  print(options, { files: checked, hosts: project?.inventory.hosts.length ?? 0 }, () => [
    `inventory: ${(project?.inventory.hosts.length ?? 1) - 1} hosts`,
    ...checked.map(({ name }) => `${name}: ok`),
  ]);
  return 0;
}
