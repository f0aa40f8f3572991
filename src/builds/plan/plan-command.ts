import type { Command } from '../../core/connection.ts';
import type { TargetRoot } from '../../core/inventory/target.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { readPlanScript } from '../../gentoo/plan/dependency-graph.ts';
import { indexVariable, makePythonCommand } from '../python-program.ts';
import { runInRoot } from '../root/run-in-root.ts';
import { type TargetConfig, targetVariable } from '../target/target-folder.ts';

/** An index that lists nothing, for a binhost where nothing was published yet. */
export const EMPTY_INDEX = 'PACKAGES: 0\nTIMESTAMP: 1\nVERSION: 0\n\n';

/** What a drone is asked to plan. */
export interface PlanRequest {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  /** Text of the binhost's Packages. */
  readonly index: string | undefined;
  readonly config: TargetConfig | null;
  /** Where the target builds: what is installed there counts. */
  readonly root?: TargetRoot | undefined;
}

/** The command that prints the graph of these atoms as JSON. */
export async function makePlanCommand({ atoms, options, index, config, root }: PlanRequest): Promise<Command> {
  const program = [
    targetVariable(config),
    readProgram('src/builds/target/target-config.py'),
    'use_target(TARGET)',
    indexVariable(index ?? EMPTY_INDEX),
    readProgram('src/builds/serve-index.py'),
    readPlanScript(),
  ];
  // @world on a slow drone, with backtracking
  return runInRoot(root, config, 'ask', makePythonCommand(program, [...options, ...atoms], 30 * 60_000));
}

/** The options of emerge that these flags of a build amount to. */
export function emergeOptions(flags: {
  readonly deep: boolean;
  readonly update: boolean;
  readonly newuse: boolean;
  readonly exclude: readonly string[];
  readonly options: readonly string[];
}): readonly string[] {
  return [
    ...['--usepkg', '--getbinpkg'],
    ...(flags.deep ? ['--emptytree'] : []),
    // --selective=n: what was requested is planned also where the system set has it
    ...(flags.update ? ['--update', '--deep', '--selective=n'] : []),
    ...(flags.newuse ? ['--newuse', '--deep', '--selective=n'] : []),
    // what is on the binhost is taken, although the tree has a newer version
    ...flags.exclude.map((name) => `--useoldpkg-atoms=${name}`),
    ...flags.options,
  ];
}
