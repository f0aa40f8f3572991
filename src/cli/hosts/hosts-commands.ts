import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const READ = ['directory', 'inventory', 'output'] as const;
const TABLE = [...READ, 'color'] as const;
const HOST = { usage: '<name>', text: 'A host of the inventory.', values: 'hosts' } as const;
const PATTERN = { usage: '[pattern]', text: 'Hosts, groups or globs. Default: all hosts.', values: 'hosts' } as const;
const PATTERNS = { usage: '[patterns...]', text: 'Hosts, groups or globs. Default: all hosts.', values: 'hosts' } as const;
const fingerprint = { flags: '--fingerprint <sha256>', text: 'Pin only this key: SHA256:...' } as const;
const yes = { flags: '--yes', text: 'Do not ask.' } as const;
const tailscale = { flags: '--tailscale <file>', text: 'Read this file instead of the output of tailscale status --json.' } as const;

const trustOptions = {
  fingerprint,
  yes,
  replace: { flags: '--replace', text: 'After a reinstall: forget the old identity.' },
  rotate: { flags: '--rotate', text: 'Learn more keys over a connection that is proven.' },
} as const satisfies OptionDeclarations;
export type TrustFlags = CommandOptions<typeof trustOptions>;

const discoverOptions = {
  tailscale,
  network: { flags: '--network <network>', text: 'Also scan every address of a network: 10.42.0.0/24.', repeat: true },
} as const satisfies OptionDeclarations;
export type DiscoverFlags = CommandOptions<typeof discoverOptions>;

const adoptOptions = {
  name: { flags: '--name <name>', text: 'The name of the host.' },
  group: { flags: '--group <group>', text: 'A group of the host.', repeat: true },
  fingerprint,
  yes,
} as const satisfies OptionDeclarations;
export type AdoptFlags = CommandOptions<typeof adoptOptions>;

const blockOptions = {
  reason: { flags: '--reason <text>', text: 'Why.' },
  until: { flags: '--until <when>', text: 'Until when: 2d, 12h or a date. At most 7 days.' },
} as const satisfies OptionDeclarations;
export type BlockFlags = CommandOptions<typeof blockOptions>;

const goneOptions = {
  reason: { flags: '--reason <text>', text: 'Why.' },
  yes,
} as const satisfies OptionDeclarations;
export type GoneFlags = CommandOptions<typeof goneOptions>;

const showOptions = {
  facts: { flags: '--facts', text: 'Connect to the host, ask it for all facts, and show them.' },
} as const satisfies OptionDeclarations;
export type ShowFlags = CommandOptions<typeof showOptions>;

const sshOptions = {
  build: { flags: '--build <run/item>', text: 'Open the shell in the work folder of a failed build that was kept.' },
} as const satisfies OptionDeclarations;
export type SshFlags = CommandOptions<typeof sshOptions>;

/** `swarm hosts ...`. */
export const hostsCommands = [
  defineCommand({
    name: 'hosts list',
    summary: 'List the hosts, one line each.',
    args: [PATTERN],
    globals: [...TABLE, 'limit'],
    examples: [
      ['swarm hosts list', 'List all hosts.'],
      ["swarm hosts list 'drones:!d1'", 'List a group without one host.'],
    ],
    load: async () => (await import('./list-hosts.ts')).listHostsCommand,
  }),
  defineCommand({
    name: 'hosts show',
    summary: 'Show routes, identity and variables of a host.',
    args: [HOST],
    options: showOptions,
    globals: READ,
    examples: [
      ['swarm hosts show drone-tarn', 'Show one host. Nothing is sent to it.'],
      ['swarm hosts show drone-tarn --facts', 'Also ask it for all facts, and print them by the names that a playbook uses.'],
    ],
    load: async () => (await import('./show-host.ts')).showHostCommand,
  }),
  defineCommand({
    name: 'hosts verify',
    summary: 'Check on every route that the right machine answers. Nothing runs on it.',
    args: [PATTERNS],
    globals: [...TABLE, 'limit'],
    examples: [
      ['swarm hosts verify', 'Check all hosts.'],
      ['swarm hosts verify drone-tarn drone-izar', 'Check the routes of two hosts.'],
    ],
    load: async () => (await import('./verify-hosts.ts')).verifyHostsCommand,
  }),
  defineCommand({
    name: 'hosts trust',
    summary: 'Compare the keys of all routes of a host and pin them.',
    args: [{ usage: '[names...]', text: 'Hosts of the inventory.', values: 'hosts' }],
    options: trustOptions,
    globals: [...TABLE, 'limit'],
    examples: [
      ['swarm hosts trust drone-tarn', 'Show the keys, ask, and pin them.'],
      ['swarm hosts trust drone-tarn --replace', 'Pin new keys after a reinstall.'],
    ],
    load: async () => (await import('./trust.ts')).trustHostsCommand,
  }),
  defineCommand({
    name: 'hosts discover',
    summary: 'Find machines that are not in the inventory. It logs in to none.',
    options: discoverOptions,
    globals: TABLE,
    examples: [
      ['swarm hosts discover', 'Search Tailscale, the neighbours of this machine, and the networks of the inventory.'],
      ['swarm hosts discover --network 10.42.0.0/24', 'Also scan a network.'],
    ],
    load: async () => (await import('./discover.ts')).discoverHostsCommand,
  }),
  defineCommand({
    name: 'hosts adopt',
    summary: 'Write a discovered machine to the inventory and pin its keys.',
    args: [{ usage: '<address>', text: 'An address that swarm hosts discover found.' }],
    options: adoptOptions,
    globals: TABLE,
    examples: [
      ['swarm hosts adopt 10.42.0.17 --name drone-fjord', 'Add a machine to the inventory.'],
      ['swarm hosts adopt 10.42.0.17 --name drone-fjord --group drones', 'Add it to a group.'],
    ],
    load: async () => (await import('./adopt.ts')).adoptHostCommand,
  }),
  defineCommand({
    name: 'hosts block',
    summary: 'Keep a host out of runs for a while.',
    args: [HOST],
    options: blockOptions,
    globals: READ,
    examples: [
      ['swarm hosts block drone-tarn --reason "new disk" --until 2d', 'Block a host for two days.'],
      ['swarm hosts block drone-tarn --reason "noise" --until 12h', 'Block it for twelve hours.'],
    ],
    load: async () => (await import('./block.ts')).blockHostCommand,
  }),
  defineCommand({
    name: 'hosts gone',
    summary: 'Say that a host will not come back: other hosts get what it had in hand.',
    args: [HOST],
    options: goneOptions,
    globals: READ,
    examples: [
      ['swarm hosts gone drone-tarn --reason "mainboard is dead"', 'Give up a host, also for the runs that go on.'],
      ['swarm hosts gone drone-tarn --yes', 'Do not ask.'],
    ],
    load: async () => (await import('./gone.ts')).goneHostCommand,
  }),
  defineCommand({
    name: 'hosts unblock',
    summary: 'Use a host again that is blocked or gone.',
    args: [HOST],
    globals: READ,
    examples: [
      ['swarm hosts unblock drone-tarn', 'End the block of a host.'],
      ['swarm hosts unblock drone-tarn -o json', 'Print the result for a script.'],
    ],
    load: async () => (await import('./block.ts')).unblockHostCommand,
  }),
  defineCommand({
    name: 'hosts ssh',
    summary: 'Open a shell on a host over a route that is proven.',
    args: [HOST, { usage: '[command...]', text: 'A command instead of a shell. Write -- before it.' }],
    options: sshOptions,
    globals: ['directory', 'inventory', 'verbose'],
    examples: [
      ['swarm hosts ssh drone-tarn -- uptime', 'Run one command.'],
      ['swarm hosts ssh drone-tarn --build last/app-misc/jq-1.7', 'Open a shell where a build failed.'],
    ],
    load: async () => (await import('./ssh.ts')).sshCommand,
  }),
];
