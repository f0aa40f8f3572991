import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runExitCode } from '../../core/exit/run-errors.ts';
import { checkoutsFolder, removeProcessFolders } from '../../core/files/process-folder.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findFirstHosts } from '../../engine/play/first-hosts.ts';
import { type RunOptions, runPlaybook, selectRunHosts } from '../../engine/run.ts';
import { watchHosts } from '../../fleet/blocks/watch-hosts.ts';
import { connectEarly } from '../../fleet/connection/early-connections.ts';
import { createFleetProbe } from '../../fleet/connection/live-fleet-probe.ts';
import { createRunWatchers } from '../../fleet/notify/run-watchers.ts';
import type { Project } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { runWithReporters } from '../../fleet/runs/run-with-reporters.ts';
import { openJournal } from '../../journal/journal.ts';
import { openFactCache } from '../../journal/memory/fact-cache.ts';
import { readDurations, recordDurations } from '../../journal/memory/item-durations.ts';
import { recordTargets } from '../../journal/memory/target-memory.ts';
import { recordTrees } from '../../journal/memory/tree-memory.ts';
import { resolveInventory } from '../../language/inventory/files/inventory-paths.ts';
import { chooseRunReporters, printRecap } from '../output.ts';
import { splitList } from '../split-list.ts';
import { createQuestion } from './ask-in-run.ts';
import { createTaskQuestion } from './ask-tasks.ts';
import { parseForks } from './forks.ts';
import { watchSignals } from './interrupt-signals.ts';
import type { RunFlags, TakeOverFlag } from './run-commands.ts';

/** Runs a playbook as a new run, or continues a run, with the reporters of the command line. Returns the exit code. */
export async function executeRun(
  project: Project,
  playbook: Playbook,
  args: Vars,
  run: string,
  options: RunFlags & TakeOverFlag,
): Promise<number> {
  const engineOptions = toEngineOptions(options);
  selectRunHosts(playbook, args, engineOptions, project.inventory, Date.now()); // an error leaves no journal
  const reporters = await chooseRunReporters(options);
  // what every connection needs is loaded while the disk is waited for
  const [journal] = await Promise.all([openJournal(project.runsDir, run, options.takeOver), import('../../remote/ssh/ssh-transport.ts')]);
  const stop = new AbortController();
  watchSignals(stop);
  // the hosts prove themselves while the run is prepared
  const firstHosts = findFirstHosts(playbook, args, engineOptions, project.inventory, Date.now());
  await using early = connectEarly(project, firstHosts, stop.signal);
  const durations = readDurations(join(project.dir, '.swarm'));
  const paths = makeRunPaths(project, journal.run);
  const watchers = createRunWatchers(project, journal);
  const running = runWithReporters(journal, [...reporters, ...watchers], () =>
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
      ask: createQuestion(stop),
      ...(options.step ? { confirmTask: createTaskQuestion(stop) } : {}),
      version: readProgramVersion(),
    }),
  );
  const state = await running.finally(() => removeProcessFolders(checkoutsFolder(project.dir)));
  if (state.status === 'ok') await rm(paths.staging, { recursive: true, force: true });
  await printRecap(state, options);
  await recordDurations(join(project.dir, '.swarm'), state);
  await recordTargets(join(project.dir, '.swarm'), state.targets);
  await recordTrees(join(project.dir, '.swarm'), state);
  return state.exit ?? runExitCode(state);
}

const toEngineOptions = (options: RunFlags): RunOptions => ({
  check: options.check === true,
  diff: options.diff === true,
  detailedExitcode: options.detailedExitcode === true,
  forks: parseForks(options.forks),
  tags: splitList(options.tags),
  skipTags: splitList(options.skipTags),
  ...(options.limit === undefined ? {} : { limit: options.limit }),
  ...(options.startAt === undefined ? {} : { startAt: options.startAt }),
  ...(options.step === true ? { step: true } : {}),
  ...(options.inventory === undefined ? {} : { inventory: options.inventory.map(resolveInventory) }),
  ...(options.allowProtected === undefined ? {} : { allowProtected: options.allowProtected as HostName }),
});
