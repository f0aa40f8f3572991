import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { givenWords } from '../../core/error/given-options.ts';
import { type HostVerification, listAttention, toDashboardHost } from '../../fleet/overview/dashboard-hosts.ts';
import { formatPushCommand } from '../../fleet/overview/next-command.ts';
import { suggestSteps } from '../../fleet/overview/next-steps.ts';
import { collectOverview, type Overview } from '../../fleet/overview/overview.ts';
import { listPlaybookNames } from '../../fleet/project/find-playbook.ts';
import { findOptionalProjectDir, findProjectDir, openProject } from '../../fleet/project/project.ts';
import type { DashboardData } from '../../report/screen/dashboard/dashboard-data.ts';
import { formatQuantity } from '../../report/text/format.ts';
import { formatRunStatus } from '../../report/text/run-status-text.ts';
import type { GlobalOptions } from '../define-command.ts';
import { isInteractive, terminalStyleFor } from '../output.ts';
import { spawnSelf } from '../spawn-self.ts';
import { verifyInBackground } from './background-verify.ts';

const REFRESH_MS = 3000;

/** `swarm` alone: the dashboard on a terminal, else help. */
export async function dashboardCommand(options: GlobalOptions, help: () => void): Promise<number> {
  if (!isInteractive(options) || findOptionalProjectDir(options) === undefined) {
    help();
    return 0;
  }
  let verifications: ReadonlyMap<string, HostVerification> = new Map();
  for (;;) {
    const screen = await import('../../report/screen/dashboard/open-dashboard.tsx');
    const opened = screen.openDashboard({
      out: process.stdout,
      in: process.stdin,
      style: { ...terminalStyleFor(options, process.stdout), given: {} },
      data: await collectDashboardData(options, verifications),
    });
    const refresh = async (): Promise<void> => opened.update(await collectDashboardData(options, verifications));
    const verifying = verifyInBackground(findProjectDir(options), (found) => {
      verifications = found;
      void refresh().catch(() => {}); // the inventory is being edited: the last good picture stays
    });
    const timer = setInterval(() => void refresh().catch(() => {}), REFRESH_MS);
    const choice = await opened.choice;
    clearInterval(timer);
    verifying.stop();
    if (choice.type === 'quit') return 0;
    if (choice.type === 'run') await runTypedCommand(['runs', 'watch', choice.id], options);
    else await runTypedCommand(splitCommand(choice.step.command, choice.text), options);
  }
}

async function collectDashboardData(options: GlobalOptions, verifications: ReadonlyMap<string, HostVerification>): Promise<DashboardData> {
  const project = await openProject(options);
  const { hosts, runs, binhost, targets = [], next } = await collectOverview(project);
  return {
    project: project.dir,
    hosts: hosts.map((host) => toDashboardHost(host, verifications.get(host.name))),
    runs: runs.map(({ id, playbook, check, status, startedAt, exit, orchestrator }) => ({
      id,
      playbook: check ? `${playbook} --check` : playbook,
      status: formatRunStatus({ status, exit, orchestrator }),
      startedAt,
      ...(exit === null ? {} : { exit }),
    })),
    playbooks: listPlaybookNames(project.dir),
    binhost: targets.length > 0 ? targets.map((target) => `${target.name}  ${formatPackages(target)}`).join('; ') : formatPackages(binhost),
    next: suggestSteps(
      hosts.filter((host) => host.status === 'untrusted').map(({ name }) => name),
      next,
      findPushCheck(hosts),
    ),
    attention: listAttention(hosts),
  };
}

function findPushCheck(hosts: Overview['hosts']): string | undefined {
  const [changed] = hosts.flatMap(({ changedTrees = [] }) => changedTrees);
  return changed === undefined ? undefined : `${formatPushCommand(changed.playbook)} --check`;
}

const formatPackages = ({ id, status, packages }: Overview['binhost']): string =>
  status === 'remote' ? id : packages === 0 ? `${id}  empty` : `${id}  ${formatQuantity(packages, 'package')}`;

const splitCommand = (command: string, text: string): readonly string[] => [
  ...command.split(' ').slice(1),
  ...text.split(/\s+/).filter((word) => word !== ''),
];

/** As a person would type it, on the normal screen; then back. */
async function runTypedCommand(argv: readonly string[], options: GlobalOptions): Promise<void> {
  process.stderr.write(`$ swarm ${argv.join(' ')}\n`);
  const ignoreInterrupt = (): void => {}; // ^C is for the command
  process.on('SIGINT', ignoreInterrupt);
  try {
    await once(spawnSelf([...givenWords(options), ...argv], { stdio: 'inherit' }), 'exit');
    await waitForEnter();
  } finally {
    process.off('SIGINT', ignoreInterrupt);
  }
}

/** Until the person has read what stands there. */
async function waitForEnter(): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const over = Promise.race([once(terminal, 'close'), once(terminal, 'SIGINT')]);
  await Promise.race([terminal.question('↵ back to the dashboard ').catch(() => ''), over]);
  terminal.close();
}
