import { mayBeResumed } from '../../core/can-resume.ts';
import type { EventOf } from '../../core/event.ts';
import type { Vars } from '../../core/json-value.ts';
import { openProject } from '../../fleet/project/project.ts';
import { completeRunArgs, describeMissingHosts, findResumableRun, limitOfResumed } from '../../fleet/runs/resumable-run.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { createSecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { checkRequestedTags } from '../../language/playbook/request/requested-tags.ts';
import { startAt } from '../../language/playbook/request/start-at.ts';
import { askForBecomePassword } from '../ask-become-pass.ts';
import { printMessage } from '../print-errors.ts';
import { assertCanAsk } from './ask-tasks.ts';
import { executeRun } from './execute-run.ts';
import { checkRunTasks, loadPlaybook, resolveSecrets } from './prepare-run.ts';
import type { ResumeOptions, RunFlags, TakeOverFlag } from './run-commands.ts';
import { listGivenNames } from './run-vars.ts';
import { showsScreen } from './shows-screen.ts';

/** `swarm runs resume RUN`: the same run goes on; what is published stays, jobs that still run are attached. */
export async function resumeRunCommand(id: string | undefined, given: ResumeOptions): Promise<number> {
  const { run: wanted, options } = locateRun(given, id, mayBeResumed);
  const opened = await openProject({ ...options, programs: true });
  const resumable = findResumableRun(opened.runsDir, wanted, options.takeOver);
  const project = await askForBecomePassword(opened, options.askBecomePass);
  const { run, start } = resumable;
  const whole = await loadPlaybook(start.file ?? start.playbook, project, [...Object.keys(start.args as Vars), ...listGivenNames(options)]);
  const playbook = start.startAt === undefined ? whole : startAt(whole, start.startAt);
  checkRequestedTags(playbook, [...(start.tags ?? []), ...(start.skipTags ?? [])]);
  if (start.step) assertCanAsk(false);
  const missing = options.limit === undefined ? describeMissingHosts(project, start.hosts) : undefined;
  if (missing !== undefined) printMessage(missing);
  if (showsScreen(options, playbook, start)) return (await import('./run-on-screen.ts')).resumeOnScreen(project, run, options);
  const secrets = createSecretResolver(project.dir);
  const args = completeRunArgs(resumable, await secrets.readOptions(options.secret ?? []));
  await checkRunTasks(project, playbook, args, options.secret ?? []);
  const resolved = await resolveSecrets(project, playbook, secrets);
  const limit = options.limit ?? limitOfResumed(project, start.hosts, Date.now());
  return executeRun(resolved.project, resolved.playbook, args, run, { ...optionsOfResumed(start, options), limit });
}

/** What decides which tasks run is that of the first start. What lifts a protection holds for one command: it is given again. */
const optionsOfResumed = (
  { check, diff, tags = [], skipTags = [], forks, startAt: from, step = false }: EventOf<'run.started'>,
  options: ResumeOptions,
): RunFlags & TakeOverFlag => ({
  ...(forks === undefined ? {} : { forks: String(forks) }),
  ...(from === undefined ? {} : { startAt: from }),
  ...options,
  ...{ check, diff, tags, skipTags, step },
});
