import { moduleSource } from '../../engine/module-source.ts';
import { findHosts, openProject } from '../../fleet/project/project.ts';
import { taskPlaybook } from '../../fleet/runs/task-playbook.ts';
import { createSecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { newRunId } from '../../journal/run-id.ts';
import { askForBecomePassword } from '../ask-become-pass.ts';
import { executeRun } from './execute-run.ts';
import { checkRunTasks, resolveSecrets } from './prepare-run.ts';
import type { TaskFlags } from './run-commands.ts';
import { locateInTypedWords } from './typed-places.ts';

/** `swarm task PATTERN MODULE [ARGS]`: a playbook of one task. */
export async function taskCommand(pattern: string, name: string, words: readonly string[], options: TaskFlags): Promise<number> {
  const opened = await openProject({ ...options, programs: true });
  findHosts(opened, pattern, options); // a pattern that means no host is an error of the command line
  const { become = false, result: printsResult = false } = options;
  const playbook = await locateInTypedWords([pattern, name, ...words], async () => {
    const made = await taskPlaybook({ pattern, name, words, become, printsResult }, moduleSource(opened.dir), opened);
    await checkRunTasks(opened, made, {}, []);
    return made;
  });
  const project = await askForBecomePassword(opened, options.askBecomePass);
  const resolved = await resolveSecrets(project, playbook, createSecretResolver(project.dir));
  return executeRun(resolved.project, resolved.playbook, {}, newRunId(project.runsDir), options);
}
