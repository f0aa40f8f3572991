import type { Command } from 'commander';
import { toErrorJson } from '../core/error/convert-error.ts';
import { formatError } from '../core/error/error-text.ts';
import { findAnsibleOptionHint } from '../language/playbook/ansible/ansible-options.ts';
import { commands } from './commands.ts';
import { commandPage } from './help-page.ts';
import { findUnknownCommand } from './unknown-command.ts';

/** The message of a wrong option, of an argument that is missing or one too many, with what to do instead of one that Ansible has,
 *  or that is meant for the hosts. */
export function explainUsage(text: string, command: Command): string {
  const option = /^error: unknown option '([^']+)'/.exec(text)?.[1];
  const unknown = option === undefined ? undefined : findUnknownCommand(command);
  if (unknown !== undefined) return `${formatError(toErrorJson(unknown))}\n`;
  const dryRun = text.startsWith("error: option '-C, ") ? 'For a dry run, add: --check' : undefined;
  const ofCommand =
    command.name() === 'exec' ? 'Write two dashes before the command for the hosts, for example: swarm exec all -- uname -r' : undefined;
  const usage = /^error: (?:missing required argument|too many arguments)/.test(text) ? usageHint(command) : undefined;
  const near = text.includes('Did you mean') ? undefined : `To see its options, run: ${nameOf(command)} --help`;
  const hint = dryRun ?? usage ?? (option === undefined ? undefined : (findAnsibleOptionHint(option) ?? ofCommand ?? near));
  const message = text.replace(/^error: /, 'error[SW1202]: ');
  return hint === undefined ? message : `${message.replace(/\n.*$/s, '')}\nhint: ${hint}\n`;
}

/** How to write a command that has too few arguments or too many. */
function usageHint(command: Command): string {
  const name = nameOf(command);
  const declaration = commands.find((each) => `swarm ${each.name}` === name);
  const usage = declaration === undefined ? '' : `Write: ${commandPage(declaration).usage}. `;
  return `${usage}To see what it takes, run: ${name} --help`;
}

/** The words before the arguments, such as `swarm hosts gone`. */
const nameOf = (command: Command): string => (command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`);
