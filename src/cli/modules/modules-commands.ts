import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const newModuleOptions = {
  language: {
    flags: '--language <name>',
    text: 'The language of the module. Default: that of the ending of the name, else typescript.',
    choices: ['typescript', 'python', 'shell'],
  },
} as const satisfies OptionDeclarations;
export type NewModuleFlags = CommandOptions<typeof newModuleOptions>;

/** `swarm modules ...`. */
export const modulesCommands = [
  defineCommand({
    name: 'modules show',
    summary: 'List the modules, or show one with its arguments.',
    args: [{ usage: '[name]', text: 'A module.', values: 'modules' }],
    globals: ['directory', 'output'],
    examples: [
      ['swarm modules', 'List all modules.'],
      ['swarm modules copy', 'Show the arguments of copy and an example.'],
    ],
    load: async () => (await import('../reference/describe-modules.ts')).modulesCommand,
  }),
  defineCommand({
    name: 'modules new',
    summary: 'Write a module and its test into the project.',
    args: [{ usage: '<name>', text: 'The name of the new module.' }],
    options: newModuleOptions,
    globals: ['directory', 'output'],
    examples: [
      ['swarm modules new motd', 'Write modules/motd.ts and its test.'],
      ['swarm modules new motd.py', 'Write a module in Python: modules/motd.py and its description.'],
    ],
    load: async () => (await import('./new-module.ts')).newModuleCommand,
  }),
  defineCommand({
    name: 'modules test',
    summary: 'Run the tests of the modules of the project.',
    args: [{ usage: '[names...]', text: 'Only these modules.', values: 'modules' }],
    globals: ['directory'],
    examples: [
      ['swarm modules test', 'Run all tests.'],
      ['swarm modules test motd', 'Run one.'],
    ],
    load: async () => (await import('./test-modules.ts')).testModulesCommand,
  }),
];
