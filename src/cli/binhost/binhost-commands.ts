import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const GLOBALS = ['directory', 'inventory', 'output', 'color'] as const;

const targetOption = { target: { flags: '--target <target>', text: 'The binhost of this target. Default: every target.' } } as const;
const oneTargetOption = {
  target: { flags: '--target <target>', text: 'The binhost of this target. Needed where there are several.' },
} as const;
export type BinhostFlags = CommandOptions<typeof targetOption>;

const checkOptions = {
  deep: { flags: '--deep', text: 'Read every byte of every package.' },
  ...targetOption,
} as const satisfies OptionDeclarations;
export type BinhostCheckFlags = CommandOptions<typeof checkOptions>;

const gcOptions = {
  check: { flags: '--check', text: 'Print what would be removed and published, and change nothing.' },
  ...targetOption,
} as const satisfies OptionDeclarations;
export type BinhostGcFlags = CommandOptions<typeof gcOptions>;

const serveOptions = {
  address: { flags: '--address <address>', text: 'Listen on this address. Default: 127.0.0.1.' },
  port: { flags: '--port <port>', text: 'Listen on this port. Default: 8080.' },
  ...oneTargetOption,
} as const satisfies OptionDeclarations;
export type BinhostServeFlags = CommandOptions<typeof serveOptions>;

/** `swarm binhost ...`. */
export const binhostCommands = [
  defineCommand({
    name: 'binhost status',
    summary: 'Show packages, size and generation of the binhost.',
    options: targetOption,
    globals: GLOBALS,
    examples: [
      ['swarm binhost status', 'Show the state of the binhost.'],
      ['swarm binhost status -o json', 'Print the same for a script.'],
    ],
    load: async () => (await import('./binhost-status.ts')).binhostStatusCommand,
  }),
  defineCommand({
    name: 'binhost check',
    summary: 'Compare the index of the binhost with its files.',
    options: checkOptions,
    globals: GLOBALS,
    examples: [
      ['swarm binhost check', 'Compare names and sizes.'],
      ['swarm binhost check --deep', 'Compare the checksums too, and what the entries say.'],
    ],
    load: async () => (await import('./binhost-check.ts')).binhostCheckCommand,
  }),
  defineCommand({
    name: 'binhost rollback',
    summary: 'Publish an earlier index again.',
    args: [
      {
        usage: '[generation]',
        text: 'A number from swarm binhost status. Default: the one before; after a rollback, the one before what that restored.',
      },
    ],
    options: oneTargetOption,
    globals: ['directory', 'inventory', 'output'],
    examples: [
      ['swarm binhost rollback', 'Go back by one generation. A second time: further back.'],
      ['swarm binhost rollback 12', 'Go back to generation 12.'],
    ],
    load: async () => (await import('./binhost-history.ts')).binhostRollbackCommand,
  }),
  defineCommand({
    name: 'binhost gc',
    summary: 'Remove the files that no index needs any more, and publish held packages that clients can install now.',
    options: gcOptions,
    globals: ['directory', 'inventory', 'output'],
    examples: [
      ['swarm binhost gc --check', 'Print what would be removed.'],
      ['swarm binhost gc', 'Remove old files, and publish what can be installed now.'],
    ],
    load: async () => (await import('./binhost-gc.ts')).binhostGcCommand,
  }),
  defineCommand({
    name: 'binhost serve',
    summary: 'Serve the packages to clients over HTTP.',
    options: serveOptions,
    globals: ['directory', 'inventory'],
    examples: [
      ['swarm binhost serve', 'Serve on this machine only.'],
      ['swarm binhost serve --address 0.0.0.0 --port 80', 'Serve to all networks.'],
    ],
    load: async () => (await import('./binhost-serve.ts')).binhostServeCommand,
  }),
];
