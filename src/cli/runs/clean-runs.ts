import { findOldRuns, type OldRun, removeRuns } from '../../fleet/runs/clean-runs.ts';
import { findRunsDir } from '../../fleet/runs/runs-folder.ts';
import { elsewhereHint } from '../../journal/runs/elsewhere.ts';
import { parseDuration } from '../../language/schema/parse-units.ts';
import { displayText } from '../../report/text/display-text.ts';
import { formatQuantity, formatSize } from '../../report/text/format.ts';
import { formatStartTime } from '../../report/text/relative-time.ts';
import { requireConfirmation } from '../confirm.ts';
import { printResult } from '../output.ts';
import { printMessage } from '../print-errors.ts';
import type { CleanRunsFlags } from './runs-commands.ts';

const DEFAULT_KEEP = '30d';

/** `swarm runs clean --keep 30d`: removes the journals of runs that ended before. Prints them first. */
export async function cleanRunsCommand(options: CleanRunsFlags): Promise<number> {
  const keep = options.keep ?? DEFAULT_KEEP;
  const runsDir = findRunsDir(options);
  const old = findOldRuns(runsDir, parseDuration('--keep', keep), Date.now());
  const busy = old.filter((each) => describeBusy(each) !== undefined);
  const wanted = old.filter((each) => describeBusy(each) === undefined);
  const ask = wanted.length > 0 && options.check !== true && options.yes !== true;
  if (ask) printMessage(describeRuns(wanted).join('\n'));
  if (ask) await requireConfirmation(`Remove ${formatTotal(wanted)}?`, 'nothing was removed', `swarm runs clean --keep ${keep} --yes`);
  const removed = options.check === true ? wanted : await removeRuns(runsDir, wanted);
  const status = options.check === true ? 'old' : 'removed';
  const runs = [
    ...removed.map(({ run, ...rest }) => ({ id: run, ...rest, status })),
    ...busy.map(({ run, ...rest }) => ({ id: run, ...rest, status: 'kept' })),
  ];
  printResult(options, { runs, size: sumSizes(removed) }, () => [
    ...(ask ? [] : describeRuns(removed)),
    ...busy.map((each) => displayText`kept ${each.run}: ${describeBusy(each) ?? ''}`),
    `${options.check === true ? 'would remove' : 'removed'} ${formatTotal(removed)}`,
  ]);
  return 0;
}

/** Why a run is kept. */
function describeBusy({ run, busyHost, orchestrator }: OldRun): string | undefined {
  const command = `swarm runs cancel ${run}`;
  if (orchestrator !== undefined) return `it may still run on ${orchestrator}. ${elsewhereHint(orchestrator, command)}`;
  return busyHost === undefined ? undefined : `a job of it may still run on ${busyHost}. To end it, run: ${command}`;
}

const describeRuns = (runs: readonly OldRun[]): readonly string[] =>
  runs.map(
    ({ run, playbook, status, startedAt, size }) =>
      `${run}  ${playbook}  ${status}  ${formatStartTime(startedAt, Date.now())}  ${formatSize(size)}`,
  );

const sumSizes = (runs: readonly OldRun[]): number => runs.reduce((sum, { size }) => sum + size, 0);

const formatTotal = (runs: readonly OldRun[]): string => `${formatQuantity(runs.length, 'run')}, ${formatSize(sumSizes(runs))}`;
