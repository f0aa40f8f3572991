import { binhostCommands } from './binhost/binhost-commands.ts';
import { type CommandDeclaration, type CommandOptions, defineCommand, type OptionDeclarations } from './define-command.ts';
import { execDeclaration } from './exec/exec-command.ts';
import { hostsCommands } from './hosts/hosts-commands.ts';
import { modulesCommands } from './modules/modules-commands.ts';
import { checkDeclaration, convertDeclaration, initDeclaration, labDeclaration } from './project/project-commands.ts';
import { completionDeclaration, explainDeclaration, schemaDeclaration } from './reference/reference-commands.ts';
import { pushCommand, runCommand, taskDeclaration } from './run/run-commands.ts';
import { runsCommands } from './runs/runs-commands.ts';
import { doctorDeclaration, statusDeclaration } from './status/status-commands.ts';
import { whyDeclaration } from './why/why-command.ts';

const docsOptions = {
  check: { flags: '--check', text: 'Write nothing. Exit 1 when a page is out of date.' },
} as const satisfies OptionDeclarations;
export type DocsFlags = CommandOptions<typeof docsOptions>;

/** Every command, in the order of the help. */
export const commands: readonly CommandDeclaration[] = [
  runCommand,
  pushCommand,
  execDeclaration,
  taskDeclaration,
  statusDeclaration,
  doctorDeclaration,
  whyDeclaration,
  ...hostsCommands,
  ...runsCommands,
  ...binhostCommands,
  checkDeclaration,
  initDeclaration,
  convertDeclaration,
  labDeclaration,
  ...modulesCommands,
  schemaDeclaration,
  explainDeclaration,
  completionDeclaration,
  defineCommand({
    name: 'docs',
    summary: 'Write the generated pages: docs/*.md and man/swarm.1.',
    options: docsOptions,
    hidden: true,
    globals: [],
    examples: [],
    load: async () => {
      const { generateDocsCommand } = await import('./reference/docs.ts');
      return (options) => generateDocsCommand(commands, options);
    },
  }),
  defineCommand({
    name: 'complete',
    summary: 'Print what can follow the words of a command line, for a shell.',
    args: [{ usage: '[words...]', text: 'The words typed so far.' }],
    hidden: true,
    unknownOptions: 'after-name',
    globals: ['directory', 'inventory'],
    examples: [],
    load: async () => {
      const { completeCommand } = await import('./reference/completion.ts');
      return (words, options) => completeCommand(words, commands, options);
    },
  }),
];

/** The groups of commands: what each is about, and the command that its bare name runs. */
export const commandGroups: Readonly<Record<string, { readonly summary: string; readonly bare: string }>> = {
  hosts: { summary: 'Hosts of the inventory: routes, identities, blocks.', bare: 'list' },
  runs: { summary: 'Runs of this project.', bare: 'list' },
  binhost: { summary: 'The published packages.', bare: 'status' },
  modules: { summary: 'Modules: list, describe, write, test.', bare: 'show' },
};
