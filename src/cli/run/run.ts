import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runExitCode } from '../../core/exit/run-errors.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import type { RunState } from '../../core/run-state.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findFirstHosts } from '../../engine/play/first-hosts.ts';
import { type RunOptions, runPlaybook, selectRunHosts } from '../../engine/run.ts';
import { hasPendingChanges } from '../../engine/run-exit.ts';
import { watchHosts } from '../../fleet/blocks/watch-hosts.ts';
import { connectEarly } from '../../fleet/connection/early-connections.ts';
import { createFleetProbe } from '../../fleet/connection/live-fleet-probe.ts';
import { createRunWatchers } from '../../fleet/notify/run-watchers.ts';
import { listPlaybookNames, requirePlaybook } from '../../fleet/project/find-playbook.ts';
import { findOptionalProjectDir, openProject, type Project } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { checkNamedArgs } from '../../fleet/runs/check-args.ts';
import { checkRequestedLists } from '../../fleet/runs/check-lists.ts';
import { checkTasks } from '../../fleet/runs/check-tasks.ts';
import { RUN_ID_VARIABLE } from '../../fleet/runs/detached-run.ts';
import { runWithReporters } from '../../fleet/runs/run-with-reporters.ts';
import { createSecretResolver, type SecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { openJournal } from '../../journal/journal.ts';
import { openFactCache } from '../../journal/memory/fact-cache.ts';
import { readDurations, recordDurations } from '../../journal/memory/item-durations.ts';
import { recordTargets } from '../../journal/memory/target-memory.ts';
import { newRunId } from '../../journal/run-id.ts';
import { type PlaybookWords, readPlaybookOptions } from '../../language/playbook/playbook-options.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import { bindArgs, bindPositionalArgs, parseExtraVars } from '../../language/playbook/request/bind-args.ts';
import { checkRequestedTags } from '../../language/playbook/request/requested-tags.ts';
import { startAt } from '../../language/playbook/request/start-at.ts';
import { askForBecomePassword } from '../ask-become-pass.ts';
import { type CommandDeclaration, globalOptions } from '../define-command.ts';
import { helpWidth } from '../help-page.ts';
import { chooseRunReporters, isInteractive, printLines, printRecap } from '../output.ts';
import { printWarnings } from '../print-errors.ts';
import { splitList } from '../split-list.ts';
import { type AskedArgs, askForArgs, withAskedArgs } from './ask-args.ts';
import { assertCanAsk, createTaskQuestion } from './ask-tasks.ts';
import { runDetached, startDetached } from './detached-run.ts';
import { parseForks } from './forks.ts';
import { watchSignals } from './interrupt-signals.ts';
import { findPlaybookName } from './playbook-name.ts';
import type { RunFlags } from './run-commands.ts';
import { formatRunHelp } from './run-help.ts';
import { printRunTargets } from './run-targets.ts';

/** The long options that a command takes. */
const longOptions = ({ options }: CommandDeclaration): readonly string[] =>
  [...Object.values(options), ...Object.values(globalOptions)].flatMap(({ flags }) =>
    flags.split(/[ ,]+/).filter((word) => word.startsWith('--')),
  );

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
  const opened = await openProject({ ...options, programs: true });
  const { name, args } = await findPlaybookName(typed, opened.dir, (each) => loadPlaybook(each, opened));
  const whole = await loadPlaybook(name, opened);
  const playbook = withAskedArgs(options.startAt === undefined ? whole : startAt(whole, options.startAt), options.ask ?? []);
  if (options.step) assertCanAsk(options.detach);
  if (!options.quiet) printWarnings(playbook.warnings);
  const secrets = createSecretResolver(opened.dir);
  const words = readPlaybookOptions(playbook, args, longOptions(declaration));
  const { vars, asked } = await readRunVars(playbook, words, { options, secrets, known: listVariableNames(opened) });
  checkNamedArgs(playbook, vars, opened.inventory);
  checkRequestedLists(playbook, vars, opened, options.check === true);
  if (playbook.args.some(({ of }) => of === 'plan')) {
    const { checkPlanFile } = await import('../../fleet/runs/check-plan-file.ts');
    await checkPlanFile(playbook, vars, { check: options.check === true, targets: opened.inventory.targets });
  }
  checkRequestedTags(playbook, [...splitList(options.tags), ...splitList(options.skipTags)]);
  await checkRunTasks(opened, playbook, vars, [...(options.secret ?? []), ...asked.hidden]);
  if (options.listHosts || options.listTasks) return printRunTargets(playbook, opened, vars, options);
  const project = await askForBecomePassword(opened, options.askBecomePass);
  if (options.detach) return runDetached(project, asked);
  const requestedRunId = process.env[RUN_ID_VARIABLE];
  if (requestedRunId === undefined && isInteractive(options) && !options.step)
    return (await import('./run-on-screen.ts')).runOnScreen(project, options, startDetached(project, { asked }));
  const resolved = await resolveSecrets(project, playbook, secrets);
  return executeRun(resolved.project, resolved.playbook, vars, requestedRunId ?? newRunId(project.runsDir), options);
}

interface VarSources {
  readonly options: RunFlags;
  readonly secrets: SecretResolver;
  /** Variables of the inventory. */
  readonly known: ReadonlySet<string>;
}

/** The variables of a run: those of the command line, and those that are asked for on the terminal. */
async function readRunVars(
  playbook: Playbook,
  { positional, named, typed }: PlaybookWords,
  { options, secrets, known }: VarSources,
): Promise<{ readonly vars: Vars; readonly asked: AskedArgs }> {
  const extra = { ...parseExtraVars(options.extra ?? []), ...named, ...(await secrets.readOptions(options.secret ?? [])) };
  const given = new Set([...Object.keys(extra), ...bindPositionalArgs(playbook, positional, []).keys()]);
  const asked = await askForArgs(playbook, given, process.stdin.isTTY && process.stderr.isTTY);
  return { vars: bindArgs(playbook, positional, { ...extra, ...asked.values }, known, typed), asked };
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

/** Runs a playbook as a new run, or continues a run, with the reporters of the command line. Returns the exit code. */
export async function executeRun(project: Project, playbook: Playbook, args: Vars, run: string, options: RunFlags): Promise<number> {
  const engineOptions = toEngineOptions(options);
  selectRunHosts(playbook, args, engineOptions, project.inventory, Date.now()); // an error leaves no journal
  const reporters = await chooseRunReporters(options);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([openJournal(project.runsDir, run), import('../../remote/ssh/ssh-transport.ts')]);
  const stop = new AbortController();
  watchSignals(stop);
  // the hosts prove themselves while the run is prepared
  const firstHosts = findFirstHosts(playbook, args, engineOptions, project.inventory, Date.now());
  await using early = connectEarly(project, firstHosts, stop.signal);
  const durations = readDurations(join(project.dir, '.swarm'));
  const paths = makeRunPaths(project, journal.run);
  const watchers = createRunWatchers(project, journal);
  const state = await runWithReporters(journal, [...reporters, ...watchers], () =>
    runPlaybook(playbook, args, engineOptions, {
      inventory: project.inventory,
      fleetProbe: createFleetProbe(project),
      connect: early.connector((fact) => void journal.emit(fact)),
      modules: moduleSource(project.dir),
      journal,
      paths,
      durations,
      factCache: openFactCache(join(project.dir, '.swarm'), options.flushCache === true),
      watchHosts: (changed) => watchHosts(project, options, changed),
      signal: stop.signal,
      ...(options.step ? { confirmTask: createTaskQuestion(stop) } : {}),
      version: readProgramVersion(),
    }),
  );
  if (state.exit === 0) await rm(paths.staging, { recursive: true, force: true });
  await printRecap(state, options);
  await recordDurations(join(project.dir, '.swarm'), state);
  await recordTargets(join(project.dir, '.swarm'), state.targets);
  return runCommandExit(state, options);
}

const toEngineOptions = (options: RunFlags): RunOptions => ({
  check: options.check === true,
  diff: options.diff === true,
  forks: parseForks(options.forks),
  tags: splitList(options.tags),
  skipTags: splitList(options.skipTags),
  ...(options.limit === undefined ? {} : { limit: options.limit }),
  ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
  ...(options.step === true ? { step: true } : {}),
  ...(options.allowProtected === undefined ? {} : { allowProtected: options.allowProtected as HostName }),
});

function runCommandExit(state: RunState, options: RunFlags): number {
  const exit = state.exit ?? runExitCode(state);
  return exit === 0 && hasPendingChanges(state) && options.detailedExitcode ? 3 : exit;
}

/** The playbook of a name or file, checked. Throws SW1203 where there is none. */
export const loadPlaybook = async (name: string, project: Project): Promise<Playbook> =>
  readPlaybook(requirePlaybook(name, project.dir), moduleSource(project.dir), project.inventory);

/** Names that -e may set beside the playbook's own: the variables of hosts and groups. */
const listVariableNames = ({ inventory }: Project): ReadonlySet<string> =>
  new Set(inventory.hosts.flatMap((host) => Object.keys(host.vars)));

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
