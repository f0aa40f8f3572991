import { resolve } from 'node:path';
import { SwarmError, ValidationError } from '../../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../../core/files/read-local-file.ts';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import type { ProjectModuleSource } from '../../../engine/module-source.ts';
import { inspectPlaybook, type PlaybookSurroundings } from '../../../language/playbook/read-playbook.ts';
import { throwIfProblems } from '../../../language/schema/throw-problems.ts';
import { listSourceFolders } from '../../project/run-paths.ts';
import { checkTasks } from './check-tasks.ts';

/** Problems of several files. What is wrong in a file or a module that two playbooks use is one problem. */
export function collectProblems() {
  const problems: SwarmError[] = [];
  const seen = new Set<string>();
  const add = (more: readonly SwarmError[]): void => {
    for (const problem of more) {
      const { code, message, host, at } = problem;
      const key = at === undefined ? undefined : JSON.stringify([code, message, host, at.file, at.line, at.column]);
      if (key === undefined ? !problems.includes(problem) : !seen.has(key)) problems.push(problem);
      if (key !== undefined) seen.add(key);
    }
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
interface CheckedWith extends PlaybookSurroundings {
  readonly modules: ProjectModuleSource;
  readonly dir: string | undefined;
  readonly hosts: Inventory['hosts'];
}

/** A playbook, as far as it can be read, with the problems of its form and those that its tasks would meet. */
export async function findPlaybookProblems(
  file: string,
  { dir, hosts, ...surroundings }: CheckedWith,
): Promise<{ readonly playbook: Playbook | undefined; readonly problems: readonly SwarmError[] }> {
  const found = collectProblems();
  const read = await found.from(() => inspectPlaybook(file, readLocalFileSync(file), surroundings));
  await found.from(() => throwIfProblems(read?.problems ?? []));
  const { playbook } = read ?? {};
  if (playbook === undefined || dir === undefined) return { playbook, problems: found.problems };
  const ofTasks = collectProblems();
  const { modules, given = [] } = surroundings;
  const check = { inventory: { hosts }, modules, ...listSourceFolders(dir), args: {}, secretArgs: [], given };
  await ofTasks.from(() => checkTasks(playbook, check));
  found.add(withoutKnown(ofTasks.problems, found.problems));
  return { playbook, problems: found.problems };
}

/** The problems of places where nothing else is wrong. */
export function withoutKnown(problems: readonly SwarmError[], known: readonly SwarmError[]): readonly SwarmError[] {
  const formatPlace = ({ at }: SwarmError): string => `${resolve(at?.file ?? '')}:${at?.line}:${at?.column}`;
  const places = new Set(known.map(formatPlace));
  return problems.filter((problem) => !places.has(formatPlace(problem)));
}
