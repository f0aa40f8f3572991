import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const statusOptions = {
  live: { flags: '--live', text: 'Ask the hosts: proof, load, free memory, what they work on.' },
} as const satisfies OptionDeclarations;
export type StatusFlags = CommandOptions<typeof statusOptions>;

/** `swarm status`. */
export const statusDeclaration = defineCommand({
  name: 'status',
  summary: 'Show hosts, runs and the binhost, and the command to type next.',
  options: statusOptions,
  globals: ['directory', 'inventory', 'limit', 'output', 'color'],
  examples: [
    ['swarm status --live', 'Ask the hosts too: load, free memory, work.'],
    ['swarm status -o json', 'Print the state of the project for a script.'],
  ],
  load: async () => (await import('./status.ts')).statusCommand,
});

const doctorOptions = {
  tailscale: { flags: '--tailscale <file>', text: 'Read this file instead of the output of tailscale status --json.' },
} as const satisfies OptionDeclarations;
export type DoctorFlags = CommandOptions<typeof doctorOptions>;

/** `swarm doctor`. */
export const doctorDeclaration = defineCommand({
  name: 'doctor',
  summary: 'Find what is wrong on hosts, or soon will be.',
  args: [{ usage: '[pattern]', text: 'Hosts, groups or globs. Default: all hosts.', values: 'hosts' }],
  options: doctorOptions,
  globals: ['directory', 'inventory', 'limit', 'output', 'color'],
  examples: [
    ['swarm doctor', 'Check every host and the binhost.'],
    ['swarm doctor drones', 'Check the hosts of one group.'],
  ],
  load: async () => (await import('./doctor.ts')).doctorCommand,
});
