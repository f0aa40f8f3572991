import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const whyOptions = {
  target: { flags: '--target <name>', text: 'Ask only about this target. Default: all targets.' },
  for: { flags: '--for <client>', text: 'Ask also why this client does not take the package.', values: 'hosts' },
} as const satisfies OptionDeclarations;
export type WhyFlags = CommandOptions<typeof whyOptions>;

/** `swarm why`. */
export const whyDeclaration = defineCommand({
  name: 'why',
  summary: 'Explain a package: would it be built, where, after what; was it built; why does a client not take it.',
  args: [{ usage: '<atom>', text: 'One package: app-misc/hello, or "=app-misc/hello-1.0".' }],
  options: whyOptions,
  globals: ['directory', 'inventory', 'output'],
  examples: [
    ['swarm why www-client/firefox', 'Ask the drones and the binhost of each target.'],
    ['swarm why www-client/firefox --for alpha', 'Ask also the client alpha.'],
  ],
  load: async () => (await import('./why.ts')).whyCommand,
});
