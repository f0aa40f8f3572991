import { ValidationError } from '../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../core/files/read-local-file.ts';
import { leftVarsProblems } from '../../core/inventory/inventory.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { requirePlaybook } from '../../fleet/project/find-playbook.ts';
import type { Project } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { checkTasks } from '../../fleet/runs/check/check-tasks.ts';
import { findPlaybookProblems } from '../../fleet/runs/check/playbook-problems.ts';
import type { SecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { inspectPlaybook } from '../../language/playbook/read-playbook.ts';
import { throwIfProblems } from '../../language/schema/throw-problems.ts';

/** The playbook of a name or file, checked; `given` are the names that -e and --secret define. Throws SW1203 where there is none, the errors
 *  of variables that could not be read, and where its form is wrong also what its tasks would meet, as `swarm check` tells. */
export async function loadPlaybook(name: string, project: Project, given: readonly string[] = []): Promise<Playbook> {
  const file = requirePlaybook(name, project.dir);
  throwIfProblems(leftVarsProblems(project.inventory));
  const modules = moduleSource(project.dir);
  const { inventory } = project;
  const { playbook, problems } = await inspectPlaybook(file, readLocalFileSync(file), { modules, inventory, given });
  if (playbook !== undefined && problems.length === 0) return playbook;
  const found = await findPlaybookProblems(file, { modules, dir: project.dir, inventory, hosts: inventory.hosts, given });
  throw new ValidationError(found.problems);
}

/** Checks what the tasks of a run would meet, before any host is asked. `secretWords`: NAME=SOURCE. Throws ValidationError. */
export function checkRunTasks(project: Project, playbook: Playbook, args: Vars, secretWords: readonly string[]): Promise<void> {
  const { files, templates } = makeRunPaths(project, '');
  return checkTasks(playbook, {
    inventory: project.inventory,
    modules: moduleSource(project.dir),
    files,
    templates,
    args,
    secretArgs: secretWords.map((word) => word.split('=')[0] ?? ''),
  });
}

/** Playbook and inventory with the values of their secrets. */
export async function resolveSecrets(
  project: Project,
  playbook: Playbook,
  secrets: SecretResolver,
): Promise<{ readonly project: Project; readonly playbook: Playbook }> {
  const [inventory, resolvedPlaybook] = await Promise.all([secrets.resolveInventory(project.inventory), secrets.resolvePlaybook(playbook)]);
  return { project: { ...project, inventory }, playbook: resolvedPlaybook };
}
