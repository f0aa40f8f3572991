import { join } from 'node:path';
import { SwarmError } from '../../core/error.ts';
import { exitOf } from '../../core/exit-code.ts';
import type { HostName, Vars } from '../../core/host.ts';
import type { Playbook } from '../../core/playbook-model.ts';
import { version } from '../../core/program-version.ts';
import type { RunState } from '../../core/run-state.ts';
import { HIDDEN } from '../../core/secret.ts';
import { unknownName } from '../../core/unknown-name.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { type RunOptions, run } from '../../engine/run.ts';
import { changesPending } from '../../engine/task/outcome.ts';
import { connector, lookout, withJumpsProtected } from '../../fleet/connection/connectors.ts';
import { playbookFile, playbookNames } from '../../fleet/project/find-playbook.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { placeOf } from '../../fleet/project/run-paths.ts';
import { type Secrets, secretsOf } from '../../fleet/secrets/resolve-secrets.ts';
import { learn, readDurations } from '../../journal/item-durations.ts';
import { type Journal, openJournal } from '../../journal/journal.ts';
import { eventsFile } from '../../journal/journal-path.ts';
import { findRun, readEvents, stateOf } from '../../journal/read-journal.ts';
import { newRunId } from '../../journal/run-id.ts';
import { bindArgs, extraVars } from '../../language/playbook/bind-args.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import { type RunFlags, words } from '../options.ts';
import { attachReporters, interactive } from '../output.ts';
import { checkAtoms } from './check-atoms.ts';
import { checkTags } from './check-tags.ts';
import { detach, RUN_ID } from './detached-run.ts';
import { forksOf } from './forks.ts';
import { describePlaybook, listing } from './run-targets.ts';

/** `swarm run PLAYBOOK [ARGS]`. */
export async function runCommand(name: string | undefined, args: readonly string[], options: RunFlags): Promise<number> {
  if (options.help || name === undefined) return help(name, options);
  const project = await openProject(options);
  const playbook = await load(name, project);
  const secrets = secretsOf(project.dir);
  const extra = { ...extraVars(options.extra ?? []), ...(await secrets.given(options.secret ?? [])) };
  const vars = bindArgs(playbook, args, extra, variablesOf(project));
  checkAtoms(playbook, vars);
  checkTags(playbook, [...words(options.tags), ...words(options.skipTags)]);
  if (options.listHosts || options.listTasks) return listing(playbook, project, vars, options);
  if (options.detach) return detach(project);
  const asked = process.env[RUN_ID];
  if (asked === undefined && interactive(options)) return (await import('./run-on-screen.ts')).foreground(project, options);
  const whole = await revealed(project, playbook, secrets);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([
    openJournal(project.runs, asked ?? newRunId(project.runs)),
    import('../../remote/ssh/ssh-transport.ts'),
  ]);
  return perform(whole.project, whole.playbook, vars, journal, options);
}

/** Playbook and inventory with the values of their secrets. */
async function revealed(
  project: Project,
  playbook: Playbook,
  secrets: Secrets,
): Promise<{ readonly project: Project; readonly playbook: Playbook }> {
  const [inventory, whole] = await Promise.all([secrets.inInventory(project.inventory), secrets.inPlaybook(playbook)]);
  return { project: { ...project, inventory }, playbook: whole };
}

/** `swarm runs resume RUN`: the same run goes on; what is published stays, jobs that still run are attached. */
export async function resumeCommand(id: string | undefined, options: RunFlags): Promise<number> {
  const project = await openProject(options);
  const found = findRun(project.runs, id ?? 'last');
  const file = eventsFile(project.runs, found);
  const begun = readEvents(file).events.find((event) => event.type === 'run.started');
  if (begun?.type !== 'run.started') throw new SwarmError('SW5002', `run ${found} has no beginning in its journal`, {});
  if (begun.playbook === 'exec') throw new SwarmError('SW1202', 'one command on hosts is not resumed', { hint: 'type it again' });
  const before = stateOf(file);
  if (before.status === 'ok')
    throw new SwarmError('SW1202', `run ${found} is finished: nothing is left to do`, { hint: `swarm runs show ${found}` });
  const playbook = await load(begun.file ?? begun.playbook, project);
  if (process.env[RUN_ID] === undefined && interactive(options))
    return (await import('./run-on-screen.ts')).resumeOnScreen(project, found, options);
  const secrets = secretsOf(project.dir);
  const args = withSecrets(begun.args as Vars, await secrets.given(options.secret ?? []), found);
  const whole = await revealed(project, playbook, secrets);
  const journal = await openJournal(project.runs, found);
  const limit = options.limit ?? begun.hosts.join(',');
  return perform(whole.project, whole.playbook, args, journal, { ...options, limit, check: begun.check, diff: begun.diff });
}

/** The journal has no secrets: they are given again. */
function withSecrets(args: Vars, given: Vars, run: string): Vars {
  const all = { ...args, ...given };
  const missing = Object.keys(all).filter((name) => JSON.stringify(all[name]).includes(HIDDEN));
  if (missing.length === 0) return all;
  throw new SwarmError('SW1207', `run ${run} was given secrets that no journal keeps: ${missing.join(', ')}`, {
    hint: `swarm runs resume ${run} ${missing.map((name) => `--secret ${name}=SOURCE`).join(' ')}`,
  });
}

async function perform(project: Project, playbook: Playbook, args: Vars, journal: Journal, options: RunFlags): Promise<number> {
  const stop = new AbortController();
  const interrupted = watchSignals(stop);
  const finish = await attachReporters(journal, options);
  const durations = readDurations(join(project.dir, '.swarm'));
  try {
    const state = await run(playbook, args, engineOptions(options), {
      inventory: withJumpsProtected(project),
      lookout: lookout(project),
      connect: connector(project, (fact) => void journal.emit(fact)),
      modules: moduleSource(project.dir),
      journal,
      place: placeOf(project, journal.run),
      estimate: (item) => durations.get(item),
      signal: stop.signal,
      version: version(),
    });
    await finish(state);
    learn(join(project.dir, '.swarm'), state);
    return interrupted() ?? exitCode(state, options);
  } finally {
    await journal.close();
  }
}

const engineOptions = (options: RunFlags): RunOptions => ({
  check: options.check === true,
  diff: options.diff === true,
  forks: forksOf(options.forks),
  tags: words(options.tags),
  skipTags: words(options.skipTags),
  ...(options.limit === undefined ? {} : { limit: options.limit }),
  ...(options.allowProtected === undefined ? {} : { allowProtected: options.allowProtected as HostName }),
});

function exitCode(state: RunState, options: RunFlags): number {
  const exit = state.exit ?? exitOf(state.errors.map((error) => error.code));
  return exit === 0 && changesPending(state) && options.detailedExitcode ? 3 : exit;
}

/** Once: nothing new is started. A second time: leave at once; detached jobs go on either way. */
function watchSignals(stop: AbortController): () => number | undefined {
  let exit: number | undefined;
  const on = (signal: NodeJS.Signals, code: number): void => {
    process.on(signal, () => {
      if (exit !== undefined) process.kill(process.pid, 'SIGKILL');
      exit = code;
      stop.abort(signal);
    });
  };
  on('SIGINT', 130);
  on('SIGTERM', 143);
  process.on('SIGHUP', () => {}); // the terminal is gone, the run is not
  return () => exit;
}

const load = async (name: string, project: Project): Promise<Playbook> =>
  readPlaybook(fileOf(name, project.dir), moduleSource(project.dir), project.inventory);

function fileOf(name: string, dir: string | undefined): string {
  const file = playbookFile(name, dir);
  if (file !== undefined) return file;
  throw unknownName('playbook', name, playbookNames(dir));
}

/** Names that -e may set beside the playbook's own: the variables of hosts and groups. */
const variablesOf = ({ inventory }: Project): ReadonlySet<string> => new Set(inventory.hosts.flatMap((host) => Object.keys(host.vars)));

async function help(name: string | undefined, options: RunFlags): Promise<number> {
  const dir = (await import('../reference/describe-modules.ts')).projectOf(options);
  const playbook = name === undefined ? undefined : await readPlaybook(fileOf(name, dir), moduleSource(dir));
  process.stdout.write(describePlaybook(name, playbook, playbookNames(dir)));
  return name === undefined && !options.help ? 5 : 0;
}
