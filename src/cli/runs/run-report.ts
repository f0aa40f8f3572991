import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { iterateJournal } from '../../journal/scan-journal.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

/** `swarm runs report RUN [FILE]`: one self-contained HTML file. */
export async function runReportCommand(run: string | undefined, file: string | undefined, options: GlobalOptions): Promise<number> {
  const { formatHtmlReport: html } = await import('../../report/html/html-report.ts');
  const { default: write } = await import('write-file-atomic');
  const { run: runId, file: journal } = locateRun(options, run);
  const target = file ?? `swarm-${runId}.html`;
  await write(target, html(iterateJournal(journal)));
  printResult(options, { run: runId, file: target }, () => [target]);
  return 0;
}
