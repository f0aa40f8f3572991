import { SwarmError } from '../../core/error/swarm-error.ts';
import { checkCanGo, findWorkInHand, recordGone, type WorkInHand } from '../../fleet/blocks/gone-host.ts';
import { openProject } from '../../fleet/project/project.ts';
import { displayText } from '../../report/text/display-text.ts';
import { confirm } from '../confirm.ts';
import { printResult } from '../output.ts';
import type { GoneFlags } from './hosts-commands.ts';

/** `swarm hosts gone NAME`: runs that go on give its items to other hosts, and it gets no work until `swarm hosts unblock NAME`. */
export async function goneHostCommand(name: string, options: GoneFlags): Promise<number> {
  const project = await openProject(options);
  const work = findWorkInHand(project, name);
  checkCanGo(project, name, work);
  if (options.yes !== true) {
    const lines = work.map((each) => `run ${each.run} has in hand on ${name}: ${each.items.join(', ')}`);
    for (const line of lines) process.stderr.write(`${displayText`${line}`}\n`);
    process.stderr.write(`${displayText`If ${name} still works, these items are built twice; of two results one is used.`}\n`);
    if (!(await confirm(`Is ${name} gone for good?`)))
      throw new SwarmError('SW1202', 'nothing was changed', { hint: `Confirm the question, or run: swarm hosts gone ${name} --yes` });
  }
  const gone = await recordGone(project, name, options.reason, Date.now());
  printResult(options, { hosts: [{ name, status: 'gone', gone }], runs: work.map(({ run, ...rest }) => ({ id: run, ...rest })) }, () => [
    displayText`${name} gets no work until you run: swarm hosts unblock ${name}`,
    ...work.map((each) => displayText`${describeWork(each)}`),
  ]);
  return 0;
}

function describeWork({ run, status, items }: WorkInHand): string {
  const list = items.join(', ');
  if (status === 'running') return `run ${run} goes on, and gives to other hosts: ${list}`;
  return `run ${run} was interrupted with ${list}. To give it to other hosts, run: swarm runs resume ${run}`;
}
