import { join } from 'node:path';
import { SwarmError } from '../../core/error.ts';
import { exitCodeOf } from '../../core/exit-code.ts';
import type { HostName, Vars } from '../../core/host.ts';
import type { Playbook } from '../../core/playbook-model.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import type { RunState } from '../../core/run-state.ts';
import { SECRET_MASK } from '../../core/secret.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { type RunOptions, runPlaybook } from '../../engine/run.ts';
import { hasPendingChanges } from '../../engine/task/outcome.ts';
import { createConnector } from '../../fleet/connection/connectors.ts';
import { createFleetProbe } from '../../fleet/connection/live-fleet-probe.ts';
import { findPlaybook, listPlaybookNames } from '../../fleet/project/find-playbook.ts';
import { findOptionalProjectDir, openProject, type Project } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { createSecretResolver, type SecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import { readDurations, recordDurations } from '../../journal/item-durations.ts';
import { type Journal, openJournal } from '../../journal/journal.ts';
import { journalPath } from '../../journal/journal-path.ts';
import { findRun, readEvents, readRunState } from '../../journal/read-journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { bindArgs, parseExtraVars } from '../../language/playbook/bind-args.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import { type RunFlags, splitList } from '../options.ts';
import { attachReporters, isInteractive } from '../output.ts';
import { checkAtomArgs } from './check-atoms.ts';
import { checkRequestedTags } from './check-tags.ts';
import { RUN_ID_VARIABLE, runDetached } from './detached-run.ts';
import { parseForks } from './forks.ts';
import { formatRunHelp, printRunTargets } from './run-targets.ts';

/** `swarm run PLAYBOOK [ARGS]`. */
export async function runPlaybookCommand(name: string | undefined, args: readonly string[], options: RunFlags): Promise<number> {
  if (options.help || name === undefined) return printRunHelp(name, options);
  const project = await openProject(options);
  const playbook = await loadPlaybook(name, project);
  const secrets = createSecretResolver(project.dir);
  const extra = { ...parseExtraVars(options.extra ?? []), ...(await secrets.readOptions(options.secret ?? [])) };
  const vars = bindArgs(playbook, args, extra, listVariableNames(project));
  checkAtomArgs(playbook, vars);
  checkRequestedTags(playbook, [...splitList(options.tags), ...splitList(options.skipTags)]);
  if (options.listHosts || options.listTasks) return printRunTargets(playbook, project, vars, options);
  if (options.detach) return runDetached(project);
  const requestedRunId = process.env[RUN_ID_VARIABLE];
  if (requestedRunId === undefined && isInteractive(options)) return (await import('./run-on-screen.ts')).runOnScreen(project, options);
  const resolved = await resolveSecrets(project, playbook, secrets);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([
    openJournal(project.runsDir, requestedRunId ?? newRunId(project.runsDir)),
    import('../../remote/ssh/ssh-transport.ts'),
  ]);
  return executeRun(resolved.project, resolved.playbook, vars, journal, options);
}

/** Playbook and inventory with the values of their secrets. */
async function resolveSecrets(
  project: Project,
  playbook: Playbook,
  secrets: SecretResolver,
): Promise<{ readonly project: Project; readonly playbook: Playbook }> {
  const [inventory, resolvedPlaybook] = await Promise.all([secrets.resolveInventory(project.inventory), secrets.resolvePlaybook(playbook)]);
  return { project: { ...project, inventory }, playbook: resolvedPlaybook };
}

/** `swarm runs resume RUN`: the same run goes on; what is published stays, jobs that still run are attached. */
export async function resumeRunCommand(id: string | undefined, options: RunFlags): Promise<number> {
  const project = await openProject(options);
  const run = findRun(project.runsDir, id ?? 'last');
  const file = journalPath(project.runsDir, run);
  const startEvent = readEvents(file).events.find((event) => event.type === 'run.started');
  if (startEvent?.type !== 'run.started') throw new SwarmError('SW5002', `run ${run} has no beginning in its journal`, {});
  if (startEvent.playbook === 'exec') throw new SwarmError('SW1202', 'one command on hosts is not resumed', { hint: 'type it again' });
  const before = readRunState(file);
  if (before.status === 'ok')
    throw new SwarmError('SW1202', `run ${run} is finished: nothing is left to do`, { hint: `swarm runs show ${run}` });
  const playbook = await loadPlaybook(startEvent.file ?? startEvent.playbook, project);
  if (process.env[RUN_ID_VARIABLE] === undefined && isInteractive(options))
    return (await import('./run-on-screen.ts')).resumeOnScreen(project, run, options);
  const secrets = createSecretResolver(project.dir);
  const args = addSecrets(startEvent.args as Vars, await secrets.readOptions(options.secret ?? []), run);
  const resolved = await resolveSecrets(project, playbook, secrets);
  const journal = await openJournal(project.runsDir, run);
  const limit = options.limit ?? startEvent.hosts.join(',');
  return executeRun(resolved.project, resolved.playbook, args, journal, {
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
    hint: `swarm runs resume ${run} ${missing.map((name) => `--secret ${name}=SOURCE`).join(' ')}`,
  });
}

async function executeRun(project: Project, playbook: Playbook, args: Vars, journal: Journal, options: RunFlags): Promise<number> {
  const stop = new AbortController();
  const interrupted = watchSignals(stop);
  const finish = await attachReporters(journal, options);
  const durations = readDurations(join(project.dir, '.swarm'));
  try {
    const state = await runPlaybook(playbook, args, toEngineOptions(options), {
      inventory: project.inventory,
      fleetProbe: createFleetProbe(project),
      connect: createConnector(project, (fact) => void journal.emit(fact)),
      modules: moduleSource(project.dir),
      journal,
      paths: makeRunPaths(project, journal.run),
      estimate: (item) => durations.get(item),
      signal: stop.signal,
      version: readProgramVersion(),
    });
    await finish(state);
    recordDurations(join(project.dir, '.swarm'), state);
    return interrupted() ?? runCommandExit(state, options);
  } finally {
    await journal.close();
  }
}

const toEngineOptions = (options: RunFlags): RunOptions => ({
  check: options.check === true,
  diff: options.diff === true,
  forks: parseForks(options.forks),
  tags: splitList(options.tags),
  skipTags: splitList(options.skipTags),
  ...(options.limit === undefined ? {} : { limit: options.limit }),
  ...(options.allowProtected === undefined ? {} : { allowProtected: options.allowProtected as HostName }),
});

function runCommandExit(state: RunState, options: RunFlags): number {
  const exit = state.exit ?? exitCodeOf(state.errors.map((error) => error.code));
  return exit === 0 && hasPendingChanges(state) && options.detailedExitcode ? 3 : exit;
}

/** Once: nothing new is started. A second time: leave at once; detached jobs go on either way. */
function watchSignals(stop: AbortController): () => number | undefined {
  let exit: number | undefined;
  const handleSignal = (signal: NodeJS.Signals, code: number): void => {
    process.on(signal, () => {
      if (exit !== undefined) process.kill(process.pid, 'SIGKILL');
      exit = code;
      stop.abort(signal);
    });
  };
  handleSignal('SIGINT', 130);
  handleSignal('SIGTERM', 143);
  process.on('SIGHUP', () => {}); // the terminal is gone, the run is not
  return () => exit;
}

const loadPlaybook = async (name: string, project: Project): Promise<Playbook> =>
  readPlaybook(requirePlaybookFile(name, project.dir), moduleSource(project.dir), project.inventory);

function requirePlaybookFile(name: string, dir: string | undefined): string {
  const file = findPlaybook(name, dir);
  if (file !== undefined) return file;
  throw unknownNameError('playbook', name, listPlaybookNames(dir));
}

/** Names that -e may set beside the playbook's own: the variables of hosts and groups. */
const listVariableNames = ({ inventory }: Project): ReadonlySet<string> =>
  new Set(inventory.hosts.flatMap((host) => Object.keys(host.vars)));

async function printRunHelp(name: string | undefined, options: RunFlags): Promise<number> {
  const dir = findOptionalProjectDir(options);
  const playbook = name === undefined ? undefined : await readPlaybook(requirePlaybookFile(name, dir), moduleSource(dir));
  process.stdout.write(formatRunHelp(name, playbook, listPlaybookNames(dir)));
  return name === undefined && !options.help ? 5 : 0;
}
