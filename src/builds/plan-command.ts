import type { Command } from '../core/connection.ts';
import { readProgram } from '../core/program/package-root.ts';
import { readPlanScript } from '../gentoo/plan/dependency-graph.ts';
import { type TargetConfig, targetVariable } from './target/target-folder.ts';

/** The plan's program, with the index of the binhost before it. */
const makePlanProgram = (index: string, config: TargetConfig | null): string =>
  [
    targetVariable(config),
    readProgram('src/builds/target/target-config.py'),
    'use_target(TARGET)',
    `INDEX = ${JSON.stringify(Buffer.from(index, 'utf8').toString('base64'))}`,
    readProgram('src/builds/serve-index.py'),
    readPlanScript(),
  ].join('\n');

/** An index that lists nothing, for a binhost where nothing was published yet. */
export const EMPTY_INDEX = 'PACKAGES: 0\nTIMESTAMP: 1\nVERSION: 0\n\n';

export interface PlanRequest {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  /** Text of the binhost's Packages. */
  readonly index: string | undefined;
  readonly config: TargetConfig | null;
}

/** The command that prints the graph of these atoms as JSON. */
export async function makePlanCommand({ atoms, options, index, config }: PlanRequest): Promise<Command> {
  return {
    argv: ['python3', '-', ...options, ...atoms],
    env: { LC_ALL: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1' },
    stdin: new TextEncoder().encode(makePlanProgram(index ?? EMPTY_INDEX, config)),
    timeoutMs: 30 * 60_000, // @world on a slow drone, with backtracking
  };
}
