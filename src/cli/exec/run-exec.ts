import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { readProgramVersion } from '../../core/program/program-version.ts';
import type { RunState } from '../../core/run-state.ts';
import { runPlaybook } from '../../engine/run.ts';
import type { RunDeps } from '../../engine/run-deps.ts';
import { watchHosts } from '../../fleet/blocks/watch-hosts.ts';
import { createFleetProbe } from '../../fleet/connection/live-fleet-probe.ts';
import type { Project, ProjectOptions } from '../../fleet/project/project.ts';
import { makeRunPaths } from '../../fleet/project/run-paths.ts';
import { runWithReporters } from '../../fleet/runs/run-with-reporters.ts';
import type { Journal } from '../../journal/journal.ts';
import { resolveInventory } from '../../language/inventory/files/inventory-paths.ts';
import type { ExecFlags } from './exec-command.ts';
import { execModules } from './exec-module.ts';
import { chooseExecReporter } from './exec-reporter.ts';

/** Runs the playbook of `swarm exec` with its reporter. Loaded while the hosts already shake hands. */
export async function runExec(
  playbook: Playbook,
  args: Vars,
  options: ExecFlags,
  run: Pick<RunDeps, 'inventory' | 'connect' | 'signal'> & {
    readonly project: Project;
    readonly projectOptions: ProjectOptions;
    readonly journal: Journal;
    readonly forks: number;
  },
): Promise<RunState> {
  const { project, projectOptions, journal, forks, ...deps } = run;
  return await runWithReporters(journal, [chooseExecReporter(options, journal.dir)], () =>
    runPlaybook(
      playbook,
      args,
      {
        ...{ check: false, diff: false, forks, tags: [], skipTags: [] },
        ...(options.inventory === undefined ? {} : { inventory: options.inventory.map(resolveInventory) }),
      },
      {
        ...deps,
        journal,
        fleetProbe: createFleetProbe(project),
        modules: execModules,
        watchHosts: (changed) => watchHosts(project, projectOptions, changed),
        paths: makeRunPaths(project, journal.run),
        version: readProgramVersion(),
      },
    ),
  );
}
