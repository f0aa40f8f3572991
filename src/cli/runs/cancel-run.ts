import { makeConnectOptions } from '../../fleet/connection/connectors.ts';
import { openProject } from '../../fleet/project/project.ts';
import { cancelExitCode, cancelRun, findRunRemains, type RunRemains } from '../../fleet/runs/cancel-run.ts';
import { locateRun } from '../../fleet/runs/runs-folder.ts';
import { connect } from '../../remote/connect/connect.ts';
import { requireConfirmation } from '../confirm.ts';
import { printResult } from '../output.ts';
import type { CancelOptions } from './runs-commands.ts';

/** `swarm runs cancel RUN`: ends the process that dispatches, then the jobs that it left on hosts. */
export async function cancelRunCommand(wanted: string | undefined, options: CancelOptions): Promise<number> {
  const located = locateRun(options, wanted);
  const project = await openProject(located.options);
  const remains = findRunRemains(project, located.run, options.takeOver);
  if (!options.yes) {
    const command = `swarm runs cancel ${remains.run}${options.takeOver ? ' --take-over' : ''} --yes`;
    await requireConfirmation(formatQuestion(remains), `run ${remains.run} is not cancelled`, command);
  }
  const jobs = await cancelRun(project, remains, (host, signal) => connect(host, makeConnectOptions(project), signal));
  printResult(options, { runs: [{ id: remains.run, status: 'cancelled', jobs }] }, () => [
    `run ${remains.run} is cancelled`,
    ...jobs.map(({ host, job, status }) => `  ${host}: job ${job} ${status}`),
  ]);
  return cancelExitCode(jobs);
}

const formatQuestion = ({ run, jobs }: RunRemains): string =>
  `Cancel run ${run}${jobs.length === 0 ? '' : ` and its jobs on ${[...new Set(jobs.map(({ host }) => host))].join(', ')}`}?`;
