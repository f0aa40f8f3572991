import { askBecomePass, becomeOption } from '../become-option.ts';
import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const execOptions = {
  shell: { flags: '--shell', text: 'The command is one line of shell text.' },
  group: { flags: '--group', text: 'Print host by host, not line by line.' },
  become: becomeOption,
  askBecomePass,
  forks: { flags: '-f, --forks <n>', text: 'Work on at most n hosts at a time. Default: 32.' },
  keepOutput: { flags: '--keep-output', text: 'Keep all output in the journal, also beyond 64 MiB.' },
  timeout: { flags: '--timeout <duration>', text: 'Stop the command on a host after this time: 30s, 5m.' },
} as const satisfies OptionDeclarations;
export type ExecFlags = CommandOptions<typeof execOptions>;

/** `swarm exec`. */
export const execDeclaration = defineCommand({
  name: 'exec',
  summary: 'Run one command on several hosts.',
  args: [
    { usage: '<pattern>', text: 'Hosts, groups or globs: a,b or group:!host.', values: 'hosts' },
    { usage: '<command...>', text: 'The program and its arguments. Write -- before it.' },
  ],
  options: execOptions,
  globals: ['directory', 'inventory', 'limit', 'output', 'verbose', 'color'],
  examples: [
    ['swarm exec drones -- uptime', 'Run uptime on every host of the group drones.'],
    ["swarm exec a,b --shell -- 'df -h | tail -n 1'", 'Run a line of shell on two hosts.'],
  ],
  load: async () => (await import('./exec.ts')).execCommand,
});
