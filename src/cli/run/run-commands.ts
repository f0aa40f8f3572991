import { askBecomePass, becomeOption } from '../become-option.ts';
import { type CommandDeclaration, type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const GLOBALS = ['directory', 'inventory', 'limit', 'output', 'verbose', 'quiet', 'color'] as const;

const runOptions = {
  extra: { flags: '-e, --extra <value>', text: 'Set args and variables: name=value, @file or {json}.', repeat: true },
  secret: {
    flags: '--secret <name=source>',
    text: 'Set a value that is never shown: NAME=env:VAR, NAME=file:PATH or NAME=cmd:COMMAND.',
    repeat: true,
  },
  askBecomePass,
  ask: { flags: '--ask <name>', text: 'Ask for the value of this argument of the playbook.', repeat: true },
  tags: { flags: '-t, --tags <tags>', text: 'Run only tasks with one of these tags.', repeat: true, values: 'tags' },
  skipTags: { flags: '--skip-tags <tags>', text: 'Leave out tasks with one of these tags.', repeat: true, values: 'tags' },
  startAt: { flags: '--start-at <name>', text: 'Leave out what comes before the task with this name.' },
  step: { flags: '--step', text: 'Ask before each task whether it runs.' },
  check: { flags: '--check', text: 'Change nothing. Show what would change.' },
  diff: { flags: '--diff', text: 'Show how files differ.' },
  detailedExitcode: { flags: '--detailed-exitcode', text: 'With --check: exit 3 when changes are pending.' },
  forks: { flags: '-f, --forks <n>', text: 'Work on at most n hosts at a time. Default: 32.' },
  listHosts: { flags: '--list-hosts', text: 'List the hosts and stop.' },
  listTasks: { flags: '--list-tasks', text: 'List the tasks and stop.' },
  listTags: { flags: '--list-tags', text: 'List the tags and stop.' },
  syntaxCheck: { flags: '--syntax-check', text: 'Check the playbook and stop, as swarm check does.' },
  flushCache: { flags: '--flush-cache', text: 'Ask the hosts for their facts anew. Without it, facts are known for an hour.' },
  detach: { flags: '--detach', text: 'Run in the background. To follow the run: swarm runs watch last.' },
  yes: { flags: '--yes', text: 'For scripts that give it everywhere: a run asks nothing.' },
  allowProtected: { flags: '--allow-protected <name>', text: 'Allow this run to disrupt this one protected host.', values: 'hosts' },
  report: { flags: '--report <kind=file>', text: 'Also write a report: junit=FILE.', repeat: true },
  help: { flags: '-h, --help', text: 'Show this page, with the arguments of the playbook.' },
} as const satisfies OptionDeclarations;
/** The options of `swarm run` and of the commands that start or resume a run. */
export type RunFlags = CommandOptions<typeof runOptions>;

const ARGS = { usage: '[args...]', text: 'Values for the arguments of the playbook, by position or as --name value.' } as const;

/** `swarm run`. */
export const runCommand: CommandDeclaration = defineCommand({
  name: 'run',
  summary: 'Run a playbook: a file, or the name of one that the project has or swarm brings.',
  args: [{ usage: '[playbook]', text: 'The name of a playbook, or a file.', values: 'playbooks' }, ARGS],
  options: runOptions,
  unknownOptions: 'anywhere',
  ownHelp: true,
  globals: GLOBALS,
  examples: [
    ['swarm run build www-client/firefox', 'Build a package on the drones, verify it and publish it.'],
    ['swarm run sync --check --diff', 'Show what the playbook sync would change.'],
  ],
  load: async () => {
    const { runPlaybookCommand } = await import('./run.ts');
    return (name, args, options) => runPlaybookCommand(runCommand, name, args, options);
  },
});

const { secret, check, diff, detailedExitcode, forks, flushCache, allowProtected, report } = runOptions;
const taskOptions = {
  become: becomeOption,
  result: { flags: '--result', text: 'Print what the module returns on each host, as YAML; with -o json it is in the document.' },
  ...{ askBecomePass, check, diff, detailedExitcode, forks, allowProtected },
} as const;
export type TaskFlags = CommandOptions<typeof taskOptions>;

/** `swarm task`. */
export const taskDeclaration = defineCommand({
  name: 'task',
  summary: 'Run one task on several hosts: a module with its arguments, without a playbook.',
  args: [
    { usage: '<pattern>', text: 'Hosts, groups or globs: a,b or group:!host.', values: 'hosts' },
    { usage: '<module>', text: 'The module. To see them, run: swarm modules.', values: 'modules' },
    {
      usage: '[args...]',
      text: `Its arguments as name=value, or what the module takes alone. [a,b] is a list. A value stays as it is: bash writes a line break as $'a\\nb'. Write -- before words with a dash.`,
    },
  ],
  options: taskOptions,
  globals: GLOBALS,
  examples: [
    ['swarm task drones package name=htop', 'Install a package on every host of the group drones.'],
    ['swarm task web setup --result', 'Print all facts of each host.'],
  ],
  load: async () => (await import('./task.ts')).taskCommand,
});

/** `swarm push`. */
export const pushCommand = defineCommand({
  name: 'push',
  summary: 'Roll files out to the drones, first to one host: run the playbook push.',
  args: [ARGS],
  options: {
    ...runOptions,
    rollback: {
      flags: '--rollback [version]',
      text: 'Go back to the version before, or to this one: its number or the start of its commit.',
    },
  },
  unknownOptions: 'anywhere',
  ownHelp: true,
  globals: GLOBALS,
  examples: [
    ['swarm push --check', 'Show which version each host has, and what differs there.'],
    ['swarm push --rollback', 'Go back to the version before, on every host that answers.'],
  ],
  load: async () => {
    const { runPlaybookCommand } = await import('./run.ts');
    return (args, { rollback, ...options }) => {
      const words = rollback === undefined ? [] : [`--rollback=${rollback === true ? 'previous' : rollback}`];
      return runPlaybookCommand(runCommand, 'push', [...words, ...args], options);
    };
  },
});

/** For a run of another machine that shares the project. */
export const takeOver = {
  flags: '--take-over <machine>',
  text: 'The run was started on this other machine that shares the project, and has ended there for certain: swarm cannot see it from here.',
} as const;

const resumeOptions = { takeOver, secret, askBecomePass, forks, detailedExitcode, flushCache, allowProtected, report } as const;
/** A run of another machine goes on here. */
export type TakeOverFlag = Pick<ResumeOptions, 'takeOver'>;
export type ResumeOptions = CommandOptions<typeof resumeOptions>;

/** `swarm runs resume`. */
export const resumeCommand = defineCommand({
  name: 'runs resume',
  summary: 'Finish a run that was interrupted or failed.',
  args: [
    {
      usage: '[run]',
      text: 'An id, its first letters, or last: the newest run of a playbook that is not a dry run. The run keeps its arguments, hosts, tags, --check, --diff and --forks. Its files are read again. All tasks run again on all its hosts: those with nothing left to do report ok, and commands without creates or removes run once more. Items that are done do not run again. Handlers that were notified still run.',
      values: 'runs',
    },
  ],
  options: resumeOptions,
  globals: GLOBALS,
  examples: [
    ['swarm runs resume last', 'Finish the last run of a playbook.'],
    ['swarm runs resume last --secret PW=env:PW', 'Give a secret again. The journal keeps none, and no --allow-protected or --report.'],
  ],
  load: async () => (await import('./resume-run.ts')).resumeRunCommand,
});
