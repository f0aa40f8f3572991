import { findRunsDir } from '../../fleet/runs/runs-folder.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import { formatStartTime } from '../../report/text/relative-time.ts';
import { formatRunStatus } from '../../report/text/run-status-text.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

/** `swarm runs list`, newest first. */
export async function listRunsCommand(options: GlobalOptions): Promise<number> {
  const runs = listRuns(findRunsDir(options), true).map(({ run, file: _, ...rest }) => ({ id: run, ...rest }));
  const now = Date.now();
  printResult(options, { runs }, (style) =>
    runs.length === 0
      ? ['No run yet. To see the playbooks, run: swarm run --help']
      : formatTextTable(
          ['RUN', 'STATUS', 'PLAYBOOK', 'STARTED', 'EXIT'],
          runs.map((run) => [
            run.id,
            formatRunStatus(run),
            `${run.playbook}${run.check ? ' --check' : ''}`,
            formatStartTime(run.startedAt, now),
            String(run.exit ?? ''),
          ]),
          style,
        ),
  );
  return 0;
}
