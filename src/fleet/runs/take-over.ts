import { statSync } from 'node:fs';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { elsewhereError, type RunElsewhere } from '../../journal/runs/elsewhere.ts';
import type { RunSummary } from '../../journal/runs/run-list.ts';

/** A run that may still go on on another machine. Undefined for any other. */
export function findElsewhere(runs: readonly RunSummary[], run: string): RunElsewhere | undefined {
  const found = runs.find((each) => each.run === run);
  if (found?.status !== 'elsewhere') return undefined;
  return { run, orchestrator: found.orchestrator ?? '', wroteMs: statSync(found.file).mtimeMs };
}

/** Throws SW3003 for a run of another machine, unless `takeOver` names that machine, and SW1202 where it names another one. */
export function assertMayTakeOver(
  runs: readonly RunSummary[],
  run: string,
  takeOver: string | undefined,
  command: 'resume' | 'cancel',
): RunElsewhere | undefined {
  const where = findElsewhere(runs, run);
  if (takeOver === where?.orchestrator) return where;
  if (where !== undefined) throw elsewhereError(where, command);
  throw new SwarmError('SW1202', `run ${run} is not in hand on ${takeOver}`, {
    hint: `Without --take-over, run: swarm runs ${command} ${run}`,
  });
}
