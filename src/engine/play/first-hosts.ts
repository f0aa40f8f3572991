import type { Host } from '../../core/inventory/host.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import type { RunOptions } from '../run-context.ts';
import { selectHosts } from './select-hosts.ts';
import { countTasks, selectSteps } from './select-steps.ts';

/** The hosts that a run can connect to before it starts, at most as many as forks. Empty for a first play with a queue, run_once, serial,
 *  a login of its own or no task left, with --allow-protected, and where the hosts cannot be selected: the run then throws the error. */
export function findFirstHosts(playbook: Playbook, args: Vars, options: RunOptions, inventory: Inventory, now: number): readonly Host[] {
  const [play] = playbook.plays;
  const { tags, skipTags, limit, forks, allowProtected } = options;
  if (play.queue !== undefined || play.runOnce || play.templates !== undefined || play.serial.length > 0 || allowProtected !== undefined)
    return [];
  if (play.remoteUser !== undefined || play.port !== undefined) return [];
  if (countTasks(selectSteps(play.steps, play.tags, tags, skipTags)) === 0) return [];
  try {
    const { plays } = selectHosts(playbook, inventory, limit, args, now);
    return (plays[0] ?? []).slice(0, forks);
  } catch {
    return []; // the run itself throws it
  }
}
