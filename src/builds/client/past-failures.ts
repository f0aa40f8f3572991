import { join } from 'node:path';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readRunState } from '../../journal/read-journal.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import type { PastFailure } from './explain-missing.ts';

const MAX_RUNS = 30;

/** Builds for a target whose last attempt failed, newest first, from the journals of the project's last runs. */
export function listPastFailures(project: string, target: string): readonly PastFailure[] {
  const seen = new Set<string>();
  const failures: PastFailure[] = [];
  const runs = listRuns(join(project, '.swarm', 'runs')).filter(
    ({ playbook, status }) => /\bbuild\b/.test(playbook) && status !== 'damaged',
  );
  for (const { run, file } of runs.slice(0, MAX_RUNS)) {
    for (const { id, status, error } of listItems(file)) {
      const [cpv = id, owner = target] = id.split(':').reverse();
      if (owner !== target || seen.has(cpv) || status === 'queued' || status === 'skipped') continue;
      seen.add(cpv);
      if (error !== undefined && status === 'failed') failures.push({ cpv, run, message: error.message });
    }
  }
  return failures;
}

function listItems(file: string) {
  try {
    return readRunState(file).items.values();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return [];
    throw thrown;
  }
}
