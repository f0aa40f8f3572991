import type { Entry } from './command-entry.ts';
import type { Everywhere, ExecFlags, RunFlags } from './options.ts';

type Name = string | undefined;

const running: Entry['options'] = [
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
export const commands: readonly Entry[] = [
  {
    usage: 'run [playbook] [args...]',
    summary: 'run a playbook: a file, or playbooks/NAME.yml',
    options: running,
    ownHelp: true,
    run: async (o: RunFlags, name: Name, args: string[]) => (await import('./run/run.ts')).runCommand(name, args, o),
  },
  {
    usage: 'push [args...]',
    summary: 'roll files out to the drones, canary first: run the push playbook',
    options: running,
    ownHelp: true,
    run: async (o: RunFlags, args: string[]) => (await import('./run/run.ts')).runCommand('push', args, o),
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
    run: async (o: Everywhere) => (await import('../fleet/overview/overview.ts')).statusCommand(o),
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
    run: async (o: Everywhere, pattern: Name) => (await import('./hosts/list-hosts.ts')).listCommand(pattern, o),
  },
  {
    usage: 'hosts show <name>',
    summary: 'routes, identity, variables',
    run: async (o: Everywhere, name: string) => (await import('./hosts/list-hosts.ts')).showCommand(name, o),
  },
  {
    usage: 'hosts verify [pattern]',
    summary: 'prove every route; runs nothing',
    run: async (o: Everywhere, pattern: Name) => (await import('./hosts/list-hosts.ts')).verifyCommand(pattern, o),
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
    run: async (o: import('./hosts/trust.ts').TrustFlags, names: string[]) => (await import('./hosts/trust.ts')).trustCommand(names, o),
  },
  {
    usage: 'hosts discover',
    summary: 'who else is there; logs in nowhere',
    options: [
      ['--tailscale <file>', 'a file in place of `tailscale status --json`'],
      ['--network <network>', 'also ask every address of 10.42.0.0/24', 'repeat'],
    ],
    run: async (o: import('../fleet/discovery/classify-machines.ts').DiscoverFlags) =>
      (await import('../fleet/discovery/classify-machines.ts')).discoverCommand(o),
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
    run: async (o: import('./hosts/adopt.ts').AdoptFlags, address: string) => (await import('./hosts/adopt.ts')).adoptCommand(address, o),
  },
  {
    usage: 'hosts block <name>',
    summary: 'keep a host out of runs for a while',
    options: [
      ['--reason <text>', 'why'],
      ['--until <when>', '2d, 12h or a date; 7 days at most'],
    ],
    run: async (o: import('./hosts/block.ts').BlockFlags, name: string) => (await import('./hosts/block.ts')).blockCommand(name, o),
  },
  {
    usage: 'hosts unblock <name>',
    summary: 'use a host again',
    run: async (o: Everywhere, name: string) => (await import('./hosts/block.ts')).unblockCommand(name, o),
  },
  {
    usage: 'hosts ssh <name> [command...]',
    summary: 'a shell over the proven route',
    run: async (o: Everywhere, name: string, words: string[]) =>
      (await import('../fleet/connection/openssh-argv.ts')).sshCommand(name, words, o),
  },
  {
    usage: 'runs list',
    summary: 'one line a run',
    run: async (o: Everywhere) => (await import('./runs/show-run.ts')).listCommand(o),
  },
  {
    usage: 'runs show [run]',
    summary: 'what happened in a run: an id, its prefix, or `last`',
    options: [
      ['--replay', 'play it again on the screen'],
      ['--speed <n>', 'with --replay: times as fast'],
    ],
    run: async (o: import('./runs/show-run.ts').ShowFlags, run: Name) => (await import('./runs/show-run.ts')).showCommand(run, o),
  },
  {
    usage: 'runs watch [run]',
    summary: 'join a live run from another terminal',
    run: async (o: Everywhere, run: Name) => (await import('./runs/show-run.ts')).watchCommand(run, o),
  },
  {
    usage: 'runs logs [run] [host]',
    summary: 'the output of hosts',
    options: [
      ['-F, --follow', 'go on while the run lives'],
      ['--errors', 'only what failed'],
    ],
    run: async (o: import('./runs/show-run.ts').LogFlags, run: Name, host: Name) =>
      (await import('./runs/show-run.ts')).logsCommand(run, host, o),
  },
  {
    usage: 'runs resume [run]',
    summary: 'finish a run that was cut off',
    options: [['--secret <name=source>', 'a secret that the run was given: NAME=env:VAR, file:PATH or cmd:COMMAND', 'repeat']],
    run: async (o: RunFlags, run: Name) => (await import('./run/run.ts')).resumeCommand(run, o),
  },
  {
    usage: 'runs cancel [run]',
    summary: 'end a run and its jobs',
    options: [['--yes', 'do not ask']],
    run: async (o: RunFlags, run: Name) => (await import('./runs/cancel-run.ts')).cancelCommand(run, o),
  },
  {
    usage: 'runs report [run] [file]',
    summary: 'write one HTML file',
    run: async (o: Everywhere, run: Name, file: Name) => (await import('./runs/show-run.ts')).reportCommand(run, file, o),
  },
  {
    usage: 'binhost status',
    summary: 'packages, size, generation',
    run: async (o: Everywhere) => (await import('./binhost/binhost.ts')).statusCommand(o),
  },
  {
    usage: 'binhost check',
    summary: 'index against files',
    options: [['--deep', 'read every byte']],
    run: async (o: import('./binhost/binhost.ts').CheckFlags) => (await import('./binhost/binhost.ts')).checkCommand(o),
  },
  {
    usage: 'binhost rollback [generation]',
    summary: 'go back to an earlier index',
    run: async (o: Everywhere, generation: Name) => (await import('./binhost/binhost.ts')).rollbackCommand(generation, o),
  },
  {
    usage: 'binhost gc',
    summary: 'remove what no index needs any more',
    run: async (o: Everywhere) => (await import('./binhost/binhost.ts')).gcCommand(o),
  },
  {
    usage: 'binhost serve',
    summary: 'plain HTTP for clients',
    options: [
      ['--address <address>', 'where to listen (default: 127.0.0.1)'],
      ['--port <port>', 'default: 8080'],
    ],
    run: async (o: import('./binhost/binhost.ts').ServeFlags) => (await import('./binhost/binhost.ts')).serveCommand(o),
  },
  {
    usage: 'check [files...]',
    summary: 'validate everything, touch no host',
    run: async (o: Everywhere, files: string[]) => (await import('./project/check.ts')).checkCommand(files, o),
  },
  {
    usage: 'init [dir]',
    summary: 'make a project',
    run: async (o: Everywhere, dir: Name) => (await import('./project/init.ts')).initCommand(dir, o),
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
    usage: 'modules [name]',
    summary: 'the modules, or one with its args',
    run: async (o: Everywhere, name: Name) => (await import('./reference/describe-modules.ts')).modulesCommand(name, o),
  },
  {
    usage: 'schema <name>',
    summary: 'JSON Schema: inventory, playbook, events, result',
    run: async (_: Everywhere, name: string) => (await import('./reference/describe-modules.ts')).schemaCommand(name),
  },
  {
    usage: 'explain <code>',
    summary: 'what an error code means',
    run: async (options: Everywhere, code: string) => (await import('./reference/describe-modules.ts')).explainCommand(code, options),
  },
  {
    usage: 'completion <shell>',
    summary: 'for bash, zsh, fish',
    run: async (_: Everywhere, shell: string) => (await import('./reference/completion.ts')).completionCommand(shell),
  },
  {
    usage: 'docs',
    summary: 'write the generated pages of docs/',
    options: [['--check', 'only say whether they are stale']],
    hidden: true,
    run: async (o: import('./reference/docs.ts').DocsFlags) => (await import('./reference/docs.ts')).docsCommand(o),
  },
  {
    usage: 'complete [words...]',
    summary: 'the candidates for a shell',
    hidden: true,
    passThrough: true,
    run: async (o: Everywhere, words: string[]) => (await import('./reference/completion.ts')).completeCommand(words, commands, o),
  },
];

/** What stands above a group of commands in the help, and what the bare word does. */
export const groups: Readonly<Record<string, { readonly summary: string; readonly bare: string }>> = {
  hosts: { summary: 'the inventory: routes, identities, blocks', bare: 'list' },
  runs: { summary: 'runs of this project', bare: 'list' },
  binhost: { summary: 'the published packages', bare: 'status' },
};
