import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { listPlaybookNames, requirePlaybook } from '../../fleet/project/find-playbook.ts';
import { findOptionalProjectDir, openProject, type Project } from '../../fleet/project/project.ts';
import { listSourceFolders } from '../../fleet/project/run-paths.ts';
import { checkNamedArgs } from '../../fleet/runs/check/check-args.ts';
import { checkRequestedLists } from '../../fleet/runs/check/check-lists.ts';
import { listNamesInTemplateFiles } from '../../fleet/runs/check/check-tasks.ts';
import { RUN_ID_VARIABLE } from '../../fleet/runs/detached-run.ts';
import { createSecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { newRunId } from '../../journal/run-id.ts';
import { readPlaybookOptions } from '../../language/playbook/playbook-options.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import { checkRequestedTags } from '../../language/playbook/request/requested-tags.ts';
import { startAt } from '../../language/playbook/request/start-at.ts';
import { askForBecomePassword } from '../ask-become-pass.ts';
import { type CommandDeclaration, longOptions } from '../define-command.ts';
import { helpWidth } from '../help-page.ts';
import { printLines } from '../output.ts';
import { printWarnings } from '../print-errors.ts';
import { splitList } from '../split-list.ts';
import { withAskedArgs } from './ask-args.ts';
import { assertCanAsk } from './ask-tasks.ts';
import { runDetached, startDetached } from './detached-run.ts';
import { executeRun } from './execute-run.ts';
import { findPlaybookName } from './playbook-name.ts';
import { checkRunTasks, loadPlaybook, resolveSecrets } from './prepare-run.ts';
import type { RunFlags } from './run-commands.ts';
import { formatRunHelp } from './run-help.ts';
import { printRunTargets } from './run-targets.ts';
import { listGivenNames, readRunVars } from './run-vars.ts';
import { showsScreen } from './shows-screen.ts';

/** `swarm run PLAYBOOK [ARGS]`. */
export async function runPlaybookCommand(
  declaration: CommandDeclaration,
  firstWord: string | undefined,
  moreWords: readonly string[],
  options: RunFlags,
): Promise<number> {
  if (firstWord === undefined) return printRunHelp(declaration, undefined, options);
  const typed = [firstWord, ...moreWords];
  if (options.help) return printRunHelp(declaration, typed, options);
  if (options.syntaxCheck) return (await import('../project/check.ts')).checkProjectCommand([firstWord], options);
  const opened = await openProject({ ...options, programs: true });
  const given = listGivenNames(options);
  const { name, args } = await findPlaybookName(typed, opened.dir, (each) => loadPlaybook(each, opened, given));
  const whole = await loadPlaybook(name, opened, given);
  const playbook = withAskedArgs(options.startAt === undefined ? whole : startAt(whole, options.startAt), options.ask ?? []);
  if (options.step) assertCanAsk(options.detach);
  if (!options.quiet) printWarnings(playbook.warnings, options);
  const secrets = createSecretResolver(opened.dir);
  const words = readPlaybookOptions(playbook, args, longOptions(declaration));
  const ofTemplates = given.length === 0 ? [] : listNamesInTemplateFiles(playbook, listSourceFolders(opened.dir));
  const known = new Set([...listVariableNames(opened), ...ofTemplates]);
  const { vars, asked } = await readRunVars(playbook, words, { options, secrets, known });
  checkNamedArgs(playbook, vars, opened.inventory);
  checkRequestedLists(playbook, vars, opened, options.check === true);
  if (playbook.args.some(({ of }) => of === 'plan')) {
    const { checkPlanFile } = await import('../../fleet/runs/check/check-plan-file.ts');
    await checkPlanFile(playbook, vars, { check: options.check === true, targets: opened.inventory.targets });
  }
  checkRequestedTags(playbook, [...splitList(options.tags), ...splitList(options.skipTags)]);
  await checkRunTasks(opened, playbook, vars, [...(options.secret ?? []), ...asked.hidden]);
  if (options.listHosts || options.listTasks || options.listTags) return printRunTargets(playbook, opened, vars, options);
  const project = await askForBecomePassword(opened, options.askBecomePass);
  if (options.detach) return runDetached(project, asked, options);
  const requestedRunId = process.env[RUN_ID_VARIABLE];
  if (showsScreen(options, playbook, options))
    return (await import('./run-on-screen.ts')).runOnScreen(project, options, startDetached(project, { asked }));
  const resolved = await resolveSecrets(project, playbook, secrets);
  return executeRun(resolved.project, resolved.playbook, vars, requestedRunId ?? newRunId(project.runsDir), options);
}

/** Names that -e may set beside the playbook's own: the variables of hosts and groups. */
const listVariableNames = ({ inventory }: Project): readonly string[] => inventory.hosts.flatMap((host) => Object.keys(host.vars));

async function printRunHelp(declaration: CommandDeclaration, words: readonly string[] | undefined, options: RunFlags): Promise<number> {
  const dir = findOptionalProjectDir(options);
  const modules = moduleSource(dir);
  const unloaded = new Set(modules.ownNames); // help runs no code of the project
  const load = (each: string): Promise<Playbook> => readPlaybook(requirePlaybook(each, dir), { ...modules, unloaded });
  const name = words === undefined ? undefined : (await findPlaybookName(words, dir, load)).name;
  const playbook = name === undefined ? undefined : await load(name);
  const page = formatRunHelp(declaration, name, playbook, listPlaybookNames(dir), helpWidth(process.stdout));
  printLines(process.stdout, options, page.trimEnd().split('\n'));
  return name === undefined && !options.help ? 5 : 0;
}
