import { type CommandOptions, defineCommand, type OptionDeclarations } from '../define-command.ts';

const labOptions = {
  demo: { flags: '--demo', text: 'Build on the drones, show the result and end.' },
  keep: { flags: '--keep', text: 'With --demo: keep the drones and the project.' },
  drones: { flags: '--drones <n>', text: 'Start n drones. Default: 4.' },
} as const satisfies OptionDeclarations;
export type LabFlags = CommandOptions<typeof labOptions>;

/** `swarm check`. */
export const checkDeclaration = defineCommand({
  name: 'check',
  summary: 'Check inventory, playbooks, modules and templates. No host is touched.',
  args: [{ usage: '[files...]', text: 'Files to check. Default: all files of the project.' }],
  globals: ['directory', 'inventory', 'output', 'verbose'],
  examples: [
    ['swarm check', 'Check the whole project.'],
    ['swarm check playbooks/site.yml -o sarif', 'Check one playbook, and print the problems in the form that code hosts read.'],
  ],
  load: async () => (await import('./check.ts')).checkProjectCommand,
});

const convertOptions = {
  to: { flags: '--to <dir>', text: 'Write the project into this folder, which must be empty or new. Without it nothing is written.' },
} as const satisfies OptionDeclarations;
export type ConvertFlags = CommandOptions<typeof convertOptions>;

/** `swarm convert`. */
export const convertDeclaration = defineCommand({
  name: 'convert',
  summary: 'Convert an Ansible project, role, playbook or template to swarm.',
  args: [{ usage: '<path>', text: 'The folder or file of Ansible. It is only read.' }],
  options: convertOptions,
  globals: ['output', 'verbose'],
  examples: [
    ['swarm convert ~/ansible', 'Show what can be converted, and why the rest cannot.'],
    ['swarm convert ~/ansible --to ~/swarm', 'Write the converted project.'],
  ],
  load: async () => (await import('./convert.ts')).convertCommand,
});

/** `swarm init`. */
export const initDeclaration = defineCommand({
  name: 'init',
  summary: 'Make a project. Files that exist are kept.',
  args: [{ usage: '[dir]', text: 'The folder of the project. Default: this folder.' }],
  globals: ['directory', 'output'],
  examples: [
    ['swarm init ~/swarm', 'Make a project in a new folder.'],
    ['swarm init', 'Make a project in this folder.'],
  ],
  load: async () => (await import('./init.ts')).initProjectCommand,
});

/** `swarm lab`. */
export const labDeclaration = defineCommand({
  name: 'lab',
  summary:
    'Start throw-away drones on this machine, to try things out. They have no files and packages of their own: a task changes those of this machine.',
  options: labOptions,
  globals: ['directory'],
  examples: [
    ['swarm lab', 'Start four drones and a project that knows them.'],
    ['swarm lab --demo', 'Show a build from start to end.'],
  ],
  load: async () => (await import('./lab.ts')).labCommand,
});
