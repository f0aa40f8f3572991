import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';
import { SCHEMA_NAMES, SHELL_NAMES } from './known-names.ts';

const schemaOptions = {
  write: { flags: '--write', text: 'Write the schemas for editors into .swarm/schema/ of the project, with its own modules.' },
} as const satisfies OptionDeclarations;
export type SchemaFlags = CommandOptions<typeof schemaOptions>;

/** `swarm schema`. */
export const schemaDeclaration = defineCommand({
  name: 'schema',
  summary: 'Print a JSON Schema for editors and scripts.',
  args: [{ usage: '[name]', text: `One of ${SCHEMA_NAMES.join(', ')}.`, values: SCHEMA_NAMES }],
  options: schemaOptions,
  globals: ['directory', 'output'],
  examples: [
    ['swarm schema --write', 'Write those that the first line of a file names: after a clone, an update, or a new module.'],
    ['swarm schema events > events.json', 'Write the schema of events to a file.'],
  ],
  load: async () => (await import('./print-schema.ts')).schemaCommand,
});

/** `swarm explain`. */
export const explainDeclaration = defineCommand({
  name: 'explain',
  summary: 'Explain an error code: what happened, why, and what to do. Or where a variable of a host comes from.',
  args: [
    { usage: '<code>', text: 'An error code such as SW3001, or the word vars.', values: 'codes' },
    { usage: '[name]', text: 'With vars: the name of the variable.' },
  ],
  options: {
    host: { flags: '--host <name>', text: 'With vars: the host.', values: 'hosts' },
    playbook: { flags: '--playbook <name>', text: 'With vars: also what this playbook sets.', values: 'playbooks' },
  },
  globals: ['directory', 'inventory', 'output'],
  examples: [
    ['swarm explain vars makeopts --host drone-tarn', 'Print every place that sets the variable. The marked one counts.'],
    ['swarm explain SW3001', 'Explain one code.'],
  ],
  load: async () => (await import('./explain-code.ts')).explainCommand,
});

/** `swarm completion`. */
export const completionDeclaration = defineCommand({
  name: 'completion',
  summary: 'Print a script that lets a shell complete commands, hosts and runs.',
  args: [{ usage: '<shell>', text: `One of ${SHELL_NAMES.join(', ')}.`, values: SHELL_NAMES }],
  globals: [],
  examples: [
    ['source <(swarm completion bash)', 'Turn completion on in this shell.'],
    ['swarm completion fish > ~/.config/fish/completions/swarm.fish', 'Turn it on in every fish.'],
  ],
  load: async () => (await import('./print-completion.ts')).printCompletionCommand,
});
