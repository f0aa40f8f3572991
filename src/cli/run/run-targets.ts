import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { listTasks } from '../../core/playbook/step-model.ts';
import { selectHosts } from '../../engine/play/select-hosts.ts';
import { selectSteps } from '../../engine/play/select-steps.ts';
import type { Project } from '../../fleet/project/project.ts';
import { printResult } from '../output.ts';
import { splitList } from '../split-list.ts';
import type { RunFlags } from './run-commands.ts';

/** --list-hosts and --list-tasks: what a run with these arguments, limit and tags would touch, touching nothing. */
export function printRunTargets(playbook: Playbook, { inventory }: Project, args: Vars, options: RunFlags): number {
  const [only, skip] = [splitList(options.tags), splitList(options.skipTags)];
  const hosts = options.listHosts
    ? selectHosts(playbook.plays, inventory, options.limit, { ...playbook.vars, ...args }, Date.now()).plays
    : undefined;
  const plays = playbook.plays.map((play, index) => ({
    name: play.name,
    ...(hosts === undefined ? {} : { hosts: (hosts[index] ?? []).map((host) => host.name) }),
    ...(options.listTasks
      ? {
          tasks: listTasks(selectSteps(play.steps, play.tags, only, skip)).map((task) => ({
            name: task.name ?? task.module,
            module: task.module,
            tags: task.tags,
          })),
        }
      : {}),
  }));
  printResult(options, { playbook: playbook.name, plays }, () =>
    plays.flatMap((play) => [
      `${play.name}`,
      ...(play.hosts ?? []).map((name) => `  ${name}`),
      ...(play.tasks ?? []).map(({ name, tags }) => `  ${name}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}`),
    ]),
  );
  return 0;
}
