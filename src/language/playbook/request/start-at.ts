import { closestName } from '../../../core/closest-name.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Play, Playbook } from '../../../core/playbook/playbook-model.ts';
import { keywordsOf, listTasks, type Role, type Step } from '../../../core/playbook/step-model.ts';

/** The playbook without what comes before the first task with this name; `ROLE : NAME` is a task of that role. Handlers and variables
 *  stay. Throws SW1203 where no task has the name. */
export function startAt(playbook: Playbook, name: string): Playbook {
  const index = playbook.plays.findIndex(({ steps }) => skipTo(steps, name) !== undefined);
  const first = playbook.plays[index];
  if (first === undefined) throw unknownTaskError(playbook, name);
  const plays = [{ ...first, steps: skipTo(first.steps, name) ?? [] }, ...playbook.plays.slice(index + 1)] as const;
  return { ...playbook, plays: plays as readonly [Play, ...Play[]] };
}

/** The steps from the task on; undefined where it is not among them. */
function skipTo(steps: readonly Step[], wanted: string, outer?: Role): readonly Step[] | undefined {
  for (const [index, step] of steps.entries()) {
    const rest = steps.slice(index + 1);
    const { name, role = outer } = keywordsOf(step);
    const isWanted = name !== undefined && (name === wanted || (role !== undefined && `${role.name} : ${name}` === wanted));
    if (isWanted && step.kind !== 'meta') return steps.slice(index);
    if (step.kind !== 'block') continue;
    const block = skipTo(step.block, wanted, role);
    if (block !== undefined) return [{ ...step, block }, ...rest];
    const always = skipTo(step.always, wanted, role);
    if (always !== undefined) return [{ ...step, block: [], rescue: [], always }, ...rest];
  }
  return undefined;
}

function unknownTaskError({ plays }: Playbook, name: string): SwarmError {
  const names = plays.flatMap(({ steps }) => listTasks(steps).flatMap((task) => task.name ?? []));
  const near = closestName(name, names);
  const hint = near === undefined ? 'To see the tasks, add: --list-tasks' : `Did you mean: --start-at ${JSON.stringify(near)}`;
  return new SwarmError('SW1203', `no task is called \`${name}\``, { hint });
}
