import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, type Role, type Step } from '../../core/playbook/step-model.ts';
import { selectHosts } from '../../engine/play/select-hosts.ts';
import { selectSteps } from '../../engine/play/select-steps.ts';
import type { Project } from '../../fleet/project/project.ts';
import { printResult } from '../output.ts';
import { splitList } from '../split-list.ts';
import type { RunFlags } from './run-commands.ts';

interface TaskTarget {
  readonly name: string;
  readonly role?: string;
  readonly module: string;
  /** With those of its play, role and blocks: each selects it. */
  readonly tags: readonly string[];
}

function listTargets(steps: readonly Step[], outerTags: readonly string[], outerRole?: Role): readonly TaskTarget[] {
  return steps.flatMap((step): readonly TaskTarget[] => {
    const { tags: own, role = outerRole } = keywordsOf(step);
    const tags = [...new Set([...outerTags, ...own])];
    if (step.kind === 'block') return listTargets(innerSteps(step), tags, role);
    if (step.kind === 'meta') return [];
    const { name, module } = step.kind === 'include' ? step.task : step;
    const target = { name: name ?? module, ...(role === undefined ? {} : { role: role.name }), module, tags };
    return step.kind === 'include' ? [target, ...listTargets(step.candidates, step.inheritsTags ? tags : [], role)] : [target];
  });
}

/** The tags of the tasks, each once, in the order of the letters. */
const listTags = (tasks: readonly TaskTarget[]): readonly string[] => [...new Set(tasks.flatMap(({ tags }) => tags))].sort();

/** --list-hosts, --list-tasks and --list-tags: what a run with these arguments, limit and tags would touch, touching nothing. */
export function printRunTargets(playbook: Playbook, { inventory }: Project, args: Vars, options: RunFlags): number {
  const [only, skip] = [splitList(options.tags), splitList(options.skipTags)];
  const hosts = options.listHosts
    ? selectHosts(playbook, inventory, options.limit, args, Date.now()).plays
    : undefined;
  const plays = playbook.plays.map((play, index) => {
    const tasks = listTargets(selectSteps(play.steps, play.tags, only, skip), play.tags);
    return {
      name: play.name,
      ...(hosts === undefined ? {} : { hosts: (hosts[index] ?? []).map((host) => host.name) }),
      ...(options.listTasks ? { tasks } : {}),
      ...(options.listTags ? { tags: listTags(tasks) } : {}),
    };
  });
  printResult(options, { playbook: playbook.name, plays }, () =>
    plays.flatMap((play) => [
      `${play.name}`,
      ...(play.hosts ?? []).map((name) => `  ${name}`),
      ...(play.tasks ?? []).map(
        ({ name, role, tags }) => `  ${role === undefined ? '' : `${role} : `}${name}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}`,
      ),
      ...(play.tags ?? []).map((tag) => `  ${tag}`),
    ]),
  );
  return 0;
}
