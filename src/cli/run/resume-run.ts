import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Vars } from '../../core/json-value.ts';
import { SECRET_MASK } from '../../core/secret.ts';
import { openProject } from '../../fleet/project/project.ts';
import { createSecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { readEvents, readRunState } from '../../journal/read-journal.ts';
import { findRun } from '../../journal/run-list.ts';
import { isInteractive } from '../output.ts';
import { RUN_ID_VARIABLE } from './detached-run.ts';
import { executeRun, loadPlaybook, resolveSecrets } from './run.ts';
import type { ResumeOptions } from './run-commands.ts';

/** `swarm runs resume RUN`: the same run goes on; what is published stays, jobs that still run are attached. */
export async function resumeRunCommand(id: string | undefined, options: ResumeOptions): Promise<number> {
  const project = await openProject(options);
  const run = findRun(project.runsDir, id ?? 'last');
  const file = journalPath(project.runsDir, run);
  const startEvent = readEvents(file).events.find((event) => event.type === 'run.started');
  if (startEvent?.type !== 'run.started') throw new SwarmError('SW5002', `run ${run} has no beginning in its journal`, {});
  if (startEvent.playbook === 'exec')
    throw new SwarmError('SW1202', '`swarm exec` runs cannot be resumed', { hint: 'Run the command again.' });
  const before = readRunState(file);
  if (before.status === 'ok')
    throw new SwarmError('SW1202', `run ${run} is finished: nothing is left to do`, { hint: `See its results: swarm runs show ${run}` });
  const playbook = await loadPlaybook(startEvent.file ?? startEvent.playbook, project);
  if (process.env[RUN_ID_VARIABLE] === undefined && isInteractive(options))
    return (await import('./run-on-screen.ts')).resumeOnScreen(project, run, options);
  const secrets = createSecretResolver(project.dir);
  const args = addSecrets(startEvent.args as Vars, await secrets.readOptions(options.secret ?? []), run);
  const resolved = await resolveSecrets(project, playbook, secrets);
  const limit = options.limit ?? startEvent.hosts.join(',');
  return executeRun(resolved.project, resolved.playbook, args, run, {
    ...options,
    limit,
    check: startEvent.check,
    diff: startEvent.diff,
  });
}

/** The journal has no secrets: they are given again. */
function addSecrets(args: Vars, given: Vars, run: string): Vars {
  const all = { ...args, ...given };
  const missing = Object.keys(all).filter((name) => JSON.stringify(all[name]).includes(SECRET_MASK));
  if (missing.length === 0) return all;
  throw new SwarmError('SW1207', `run ${run} was given secrets that no journal keeps: ${missing.join(', ')}`, {
    hint: `Give the secrets again: swarm runs resume ${run} ${missing.map((name) => `--secret ${name}=SOURCE`).join(' ')}`,
  });
}
