import type { Vars } from '../../core/host.ts';
import type { Playbook, Step, Task } from '../../core/playbook-model.ts';
import { selectHosts } from '../../engine/play/select-hosts.ts';
import { selectSteps } from '../../engine/play/select-steps.ts';
import type { Project } from '../../fleet/project/project.ts';
import { printResult } from '../output.ts';
import { splitList } from '../split-list.ts';
import type { RunFlags } from './run-commands.ts';

const flattenTasks = (steps: readonly Step[]): readonly Task[] =>
  steps.flatMap((step) => (step.kind === 'task' ? [step] : flattenTasks([...step.block, ...step.rescue, ...step.always])));

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
          tasks: flattenTasks(selectSteps(play.steps, play.tags, only, skip)).map((task) => ({
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

/** Help of `swarm run`, with the args of one playbook where it is named. */
export function formatRunHelp(typed: string | undefined, playbook: Playbook | undefined, names: readonly string[]): string {
  const usage = playbook === undefined ? 'PLAYBOOK [ARGS...]' : [typed ?? playbook.name, ...formatPositionalArgs(playbook)].join(' ');
  const args = (playbook?.args ?? []).map((arg) => {
    const facts = [arg.type, arg.required ? 'required' : `default: ${JSON.stringify(arg.default ?? null)}`].join(', ');
    return `  ${arg.name.padEnd(20)} ${arg.describe ?? ''} (${facts}${arg.positional ? '' : `; -e ${arg.name}=…`})`;
  });
  return [
    `Usage: swarm run ${usage} [options]`,
    '',
    playbook?.describe ?? 'Runs a file, or playbooks/NAME.yml of the project or built in.',
    '',
    ...(playbook === undefined
      ? ['Playbooks:', ...names.map((name) => `  ${name}`)]
      : ['Args:', ...(args.length === 0 ? ['  none'] : args)]),
    '',
    'Which hosts    -l, --limit PATTERN   --list-hosts',
    'Which tasks    -t, --tags A,B   --skip-tags A,B   --list-tasks',
    'Values         -e k=v | @file | {json}   --secret NAME=env:VAR|file:PATH|cmd:CMD   (repeat)',
    'Dry run        --check   --diff   --detailed-exitcode   (exit 3: changes are pending)',
    'How            -f, --forks N   --detach   --yes   --allow-protected NAME',
    'Display        -o auto|plain|json|ndjson   --report junit=FILE   -v   -q   --color auto|always|never',
    'Project        -C DIR   -i, --inventory PATH',
    '',
    'Exit codes: 0 ok, 2 failed, 4 unreachable, 5 usage, 6 invalid, 7 refused, 8 stopped, 9 bad package.',
    '',
  ].join('\n');
}

const formatPositionalArgs = (playbook: Playbook): readonly string[] =>
  playbook.args.filter((arg) => arg.positional).map((arg) => (arg.type === 'list' ? `[${arg.name}...]` : `[${arg.name}]`));
