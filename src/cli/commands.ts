import type { CommandEntry } from './command-entry.ts';
import type { ExecFlags, GlobalOptions, RunFlags } from './options.ts';

type Name = string | undefined;

const runOptions: CommandEntry['options'] = [
  ['-e, --extra <value>', 'k=v, @file or {json}: fills args of the playbook and sets variables', 'repeat'],
  ['--secret <name=source>', 'NAME=env:VAR, file:PATH or cmd:COMMAND: as -e, and shown nowhere', 'repeat'],
  ['-t, --tags <tags>', 'only tasks with one of these tags', 'repeat'],
  ['--skip-tags <tags>', 'not the tasks with one of these tags', 'repeat'],
  ['--check', 'change nothing, say what would change'],
  ['--diff', 'show how files differ'],
  ['--detailed-exitcode', 'with --check: exit 3 when changes are pending'],
  ['-f, --forks <n>', 'hosts at a time (default: all, at most 32)'],
  ['--list-hosts', 'print the hosts and stop'],
  ['--list-tasks', 'print the tasks and stop'],
  ['--detach', 'return at once; the run goes on: swarm runs watch last'],
  ['--yes', 'do not ask'],
  ['--allow-protected <name>', 'let this one protected host be disrupted, in this run'],
  ['--report <kind=file>', 'also write junit=FILE', 'repeat'],
  ['-h, --help', 'help, with the args of the playbook'],
];

/** Every command that there is, in the order of the help. */
export const commandEntries: readonly CommandEntry[] = [
  {
    usage: 'run [playbook] [args...]',
    summary: 'run a playbook: a file, or playbooks/NAME.yml',
    options: runOptions,
    ownHelp: true,
    run: async (o: RunFlags, name: Name, args: string[]) => (await import('./run/run.ts')).runPlaybookCommand(name, args, o),
  },
  {
    usage: 'push [args...]',
    summary: 'roll files out to the drones, canary first: run the push playbook',
    options: runOptions,
    ownHelp: true,
    run: async (o: RunFlags, args: string[]) => (await import('./run/run.ts')).runPlaybookCommand('push', args, o),
  },
  {
    usage: 'exec <pattern> <command...>',
    summary: 'one command on several hosts: swarm exec drones -- uptime',
    options: [
      ['--shell', 'the one argument is a line of shell'],
      ['--group', 'print host by host, not line by line'],
      ['-b, --become', 'as root'],
      ['-f, --forks <n>', 'hosts at a time (default: all, at most 32)'],
      ['--timeout <duration>', 'for each host: 30s, 5m'],
    ],
    run: async (o: ExecFlags, pattern: string, words: string[]) => (await import('./exec/exec.ts')).execCommand(pattern, words, o),
  },
  {
    usage: 'status',
    summary: 'hosts, runs, binhost, and the command to type next',
    run: async (o: GlobalOptions) => (await import('./status/status.ts')).statusCommand(o),
  },
  {
    usage: 'doctor [pattern]',
    summary: 'what is wrong, or will be',
    options: [['--tailscale <file>', 'a file in place of `tailscale status --json`']],
    run: async (o: import('./status/doctor.ts').DoctorFlags, pattern: Name) =>
      (await import('./status/doctor.ts')).doctorCommand(pattern, o),
  },
  {
    usage: 'hosts list [pattern]',
    summary: 'one line a host',
    run: async (o: GlobalOptions, pattern: Name) => (await import('./hosts/list-hosts.ts')).listHostsCommand(pattern, o),
  },
  {
    usage: 'hosts show <name>',
    summary: 'routes, identity, variables',
    run: async (o: GlobalOptions, name: string) => (await import('./hosts/show-host.ts')).showHostCommand(name, o),
  },
  {
    usage: 'hosts verify [pattern]',
    summary: 'prove every route; runs nothing',
    run: async (o: GlobalOptions, pattern: Name) => (await import('./hosts/verify-hosts.ts')).verifyHostsCommand(pattern, o),
  },
  {
    usage: 'hosts trust [names...]',
    summary: 'compare and pin what hosts must prove',
    options: [
      ['--fingerprint <sha256>', 'pin only this key: SHA256:…'],
      ['--yes', 'do not ask'],
      ['--replace', 'after a reinstall: forget the old identity'],
      ['--rotate', 'learn further keys over a connection that is proved'],
    ],
    run: async (o: import('./hosts/trust.ts').TrustFlags, names: string[]) =>
      (await import('./hosts/trust.ts')).trustHostsCommand(names, o),
  },
  {
    usage: 'hosts discover',
    summary: 'who else is there; logs in nowhere',
    options: [
      ['--tailscale <file>', 'a file in place of `tailscale status --json`'],
      ['--network <network>', 'also ask every address of 10.42.0.0/24', 'repeat'],
    ],
    run: async (o: import('./hosts/discover.ts').DiscoverFlags) => (await import('./hosts/discover.ts')).discoverHostsCommand(o),
  },
  {
    usage: 'hosts adopt <address>',
    summary: 'write a discovered machine into the inventory and pin it',
    options: [
      ['--name <name>', 'its name'],
      ['--group <group>', 'its group', 'repeat'],
      ['--fingerprint <sha256>', 'pin only this key: SHA256:…'],
      ['--yes', 'do not ask'],
    ],
    run: async (o: import('./hosts/adopt.ts').AdoptFlags, address: string) =>
      (await import('./hosts/adopt.ts')).adoptHostCommand(address, o),
  },
  {
    usage: 'hosts block <name>',
    summary: 'keep a host out of runs for a while',
    options: [
      ['--reason <text>', 'why'],
      ['--until <when>', '2d, 12h or a date; 7 days at most'],
    ],
    run: async (o: import('./hosts/block.ts').BlockFlags, name: string) => (await import('./hosts/block.ts')).blockHostCommand(name, o),
  },
  {
    usage: 'hosts unblock <name>',
    summary: 'use a host again',
    run: async (o: GlobalOptions, name: string) => (await import('./hosts/block.ts')).unblockHostCommand(name, o),
  },
  {
    usage: 'hosts ssh <name> [command...]',
    summary: 'a shell over the proven route',
    run: async (o: GlobalOptions, name: string, words: string[]) => (await import('./hosts/ssh.ts')).sshCommand(name, words, o),
  },
  {
    usage: 'runs list',
    summary: 'one line a run',
    run: async (o: GlobalOptions) => (await import('./runs/show-run.ts')).listRunsCommand(o),
  },
  {
    usage: 'runs show [run]',
    summary: 'what happened in a run: an id, its prefix, or `last`',
    options: [
      ['--replay', 'play it again on the screen'],
      ['--speed <n>', 'with --replay: times as fast'],
    ],
    run: async (o: import('./runs/show-run.ts').ShowRunFlags, run: Name) => (await import('./runs/show-run.ts')).showRunCommand(run, o),
  },
  {
    usage: 'runs watch [run]',
    summary: 'join a live run from another terminal',
    run: async (o: GlobalOptions, run: Name) => (await import('./runs/show-run.ts')).watchRunCommand(run, o),
  },
  {
    usage: 'runs logs [run] [host]',
    summary: 'the output of hosts',
    options: [
      ['-F, --follow', 'go on while the run lives'],
      ['--errors', 'only what failed'],
    ],
    run: async (o: import('./runs/show-run.ts').RunLogFlags, run: Name, host: Name) =>
      (await import('./runs/show-run.ts')).runLogsCommand(run, host, o),
  },
  {
    usage: 'runs resume [run]',
    summary: 'finish a run that was cut off',
    options: [['--secret <name=source>', 'a secret that the run was given: NAME=env:VAR, file:PATH or cmd:COMMAND', 'repeat']],
    run: async (o: RunFlags, run: Name) => (await import('./run/run.ts')).resumeRunCommand(run, o),
  },
  {
    usage: 'runs cancel [run]',
    summary: 'end a run and its jobs',
    options: [['--yes', 'do not ask']],
    run: async (o: RunFlags, run: Name) => (await import('./runs/cancel-run.ts')).cancelRunCommand(run, o),
  },
  {
    usage: 'runs report [run] [file]',
    summary: 'write one HTML file',
    run: async (o: GlobalOptions, run: Name, file: Name) => (await import('./runs/show-run.ts')).runReportCommand(run, file, o),
  },
  {
    usage: 'binhost status',
    summary: 'packages, size, generation',
    run: async (o: GlobalOptions) => (await import('./binhost/binhost.ts')).binhostStatusCommand(o),
  },
  {
    usage: 'binhost check',
    summary: 'index against files',
    options: [['--deep', 'read every byte']],
    run: async (o: import('./binhost/binhost.ts').BinhostCheckFlags) => (await import('./binhost/binhost.ts')).binhostCheckCommand(o),
  },
  {
    usage: 'binhost rollback [generation]',
    summary: 'go back to an earlier index',
    run: async (o: GlobalOptions, generation: Name) => (await import('./binhost/binhost.ts')).binhostRollbackCommand(generation, o),
  },
  {
    usage: 'binhost gc',
    summary: 'remove what no index needs any more',
    run: async (o: GlobalOptions) => (await import('./binhost/binhost.ts')).binhostGcCommand(o),
  },
  {
    usage: 'binhost serve',
    summary: 'plain HTTP for clients',
    options: [
      ['--address <address>', 'where to listen (default: 127.0.0.1)'],
      ['--port <port>', 'default: 8080'],
    ],
    run: async (o: import('./binhost/binhost.ts').BinhostServeFlags) => (await import('./binhost/binhost.ts')).binhostServeCommand(o),
  },
  {
    usage: 'check [files...]',
    summary: 'validate everything, touch no host',
    run: async (o: GlobalOptions, files: string[]) => (await import('./project/check.ts')).checkProjectCommand(files, o),
  },
  {
    usage: 'init [dir]',
    summary: 'make a project',
    run: async (o: GlobalOptions, dir: Name) => (await import('./project/init.ts')).initProjectCommand(dir, o),
  },
  {
    usage: 'lab',
    summary: 'throw-away drones on this machine',
    options: [
      ['--demo', 'build on them, show the result, end'],
      ['--keep', 'with --demo: leave drones and project for playing'],
      ['--drones <n>', 'how many (default: 4)'],
    ],
    run: async (o: import('./project/lab.ts').LabFlags) => (await import('./project/lab.ts')).labCommand(o),
  },
  {
    usage: 'modules show [name]',
    summary: 'list the modules, or describe one',
    run: async (o: GlobalOptions, name: Name) => (await import('./reference/describe-modules.ts')).modulesCommand(name, o),
  },
  {
    usage: 'modules new <name>',
    summary: 'write a module and its test into the project',
    run: async (o: GlobalOptions, name: string) => (await import('./modules/new-module.ts')).newModuleCommand(name, o),
  },
  {
    usage: 'modules test [names...]',
    summary: 'run the tests of the modules of the project',
    run: async (o: GlobalOptions, names: string[]) => (await import('./modules/test-modules.ts')).testModulesCommand(names, o),
  },
  {
    usage: 'schema <name>',
    summary: 'JSON Schema: inventory, playbook, events, result',
    run: async (_: GlobalOptions, name: string) => (await import('./reference/describe-modules.ts')).schemaCommand(name),
  },
  {
    usage: 'explain <code>',
    summary: 'what an error code means',
    run: async (options: GlobalOptions, code: string) => (await import('./reference/describe-modules.ts')).explainCommand(code, options),
  },
  {
    usage: 'completion <shell>',
    summary: 'for bash, zsh, fish',
    run: async (_: GlobalOptions, shell: string) => (await import('./reference/completion.ts')).printCompletionCommand(shell),
  },
  {
    usage: 'docs',
    summary: 'write the generated pages of docs/',
    options: [['--check', 'only say whether they are stale']],
    hidden: true,
    run: async (o: import('./reference/docs.ts').DocsFlags) => (await import('./reference/docs.ts')).generateDocsCommand(o),
  },
  {
    usage: 'complete [words...]',
    summary: 'the candidates for a shell',
    hidden: true,
    passThrough: true,
    run: async (o: GlobalOptions, words: string[]) => (await import('./reference/completion.ts')).completeCommand(words, commandEntries, o),
  },
];

/** What stands above a group of commands in the help, and what the bare word does. */
export const commandGroups: Readonly<Record<string, { readonly summary: string; readonly bare: string }>> = {
  hosts: { summary: 'the inventory: routes, identities, blocks', bare: 'list' },
  runs: { summary: 'runs of this project', bare: 'list' },
  binhost: { summary: 'the published packages', bare: 'status' },
  modules: { summary: 'the modules: list, describe, write, test', bare: 'show' },
};
