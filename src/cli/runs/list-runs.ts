import { listRuns } from '../../journal/read-journal.ts';
import { formatRoughDuration } from '../../report/text/relative-time.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { findRunsDir } from './find-run-files.ts';

/** `swarm runs list`, newest first. */
export async function listRunsCommand(options: GlobalOptions): Promise<number> {
  const runs = listRuns(findRunsDir(options)).map(({ run, file: _, ...rest }) => ({ id: run, ...rest }));
  const now = Date.now();
  printResult(options, { runs }, (style) =>
    runs.length === 0
      ? ['No run yet. To start one: swarm run build CATEGORY/PACKAGE']
      : formatTextTable(
          ['RUN', 'STATUS', 'PLAYBOOK', 'STARTED', 'EXIT'],
          runs.map((run) => [run.id, run.status, run.playbook, formatStartTime(run.startedAt, now), String(run.exit ?? '')]),
          style,
        ),
  );
  return 0;
}

/** `2026-11-25 23:46, 5m ago`, in the time zone of this machine. */
export function formatStartTime(startedAt: string, now: number): string {
  const date = new Date(startedAt);
  if (Number.isNaN(date.getTime())) return startedAt;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}, ${formatRoughDuration(Math.max(0, now - date.getTime()))} ago`;
}
