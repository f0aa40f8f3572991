import { checkCanGo, findWorkInHand, recordGone, type WorkInHand } from '../../fleet/blocks/gone-host.ts';
import { openProject, stateDir } from '../../fleet/project/project.ts';
import { goneHostsFile } from '../../journal/gone-hosts.ts';
import { quoteWord } from '../../remote/session/shell-text.ts';
import { displayText } from '../../report/text/display-text.ts';
import { requireConfirmation } from '../confirm.ts';
import { printResult } from '../output.ts';
import { formatWritten } from '../written-files.ts';
import type { GoneFlags } from './hosts-commands.ts';

/** `swarm hosts gone NAME`: runs that go on give its items to other hosts, and it gets no work until `swarm hosts unblock NAME`. */
export async function goneHostCommand(name: string, options: GoneFlags): Promise<number> {
  const project = await openProject(options);
  const work = findWorkInHand(project, name);
  checkCanGo(project, name, work);
  if (options.yes !== true) {
    for (const line of describeRisk(name, work)) process.stderr.write(`${displayText`${line}`}\n`);
    const reason = options.reason === undefined ? '' : ` --reason ${quoteWord(options.reason)}`;
    await requireConfirmation(`Is ${name} gone for good?`, `${name} is not recorded as gone`, `swarm hosts gone ${name}${reason} --yes`);
  }
  const gone = await recordGone(project, name, options.reason, Date.now());
  printResult(options, { hosts: [{ name, status: 'gone', gone }], runs: work.map(({ run, ...rest }) => ({ id: run, ...rest })) }, () => [
    displayText`${name} gets no work until you run: swarm hosts unblock ${name}`,
    ...work.map((each) => displayText`${describeWork(each)}`),
    formatWritten(goneHostsFile(stateDir(project))),
  ]);
  return 0;
}

/** What a person has to know before the host is given up. */
export function describeRisk(name: string, work: readonly Pick<WorkInHand, 'run' | 'items'>[]): readonly string[] {
  if (work.length === 0) return [`no run has work in hand on ${name}`];
  return [
    ...work.map(({ run, items }) => `run ${run} has in hand on ${name}: ${items.join(', ')}`),
    `If ${name} still works, these items are built twice; of two results one is used.`,
  ];
}

function describeWork({ run, status, items, orchestrator = '' }: WorkInHand): string {
  const list = items.join(', ');
  if (status === 'running') return `run ${run} goes on, and gives to other hosts: ${list}`;
  if (status === 'elsewhere')
    return `run ${run} of ${orchestrator}, if it still goes on there, gives to other hosts: ${list}. To see it, run: swarm runs watch ${run}`;
  return `run ${run} was interrupted with ${list}. To give it to other hosts, run: swarm runs resume ${run}`;
}
