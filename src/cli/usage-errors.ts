import type { Command } from 'commander';
import { closestName } from '../core/closest-name.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { findAnsibleOptionHint } from '../language/playbook/ansible/ansible-options.ts';
import { commands } from './commands.ts';
import { commandPage } from './help-page.ts';
import { findUnknownCommand } from './unknown-command.ts';

/** The error of a wrong option, of a value or an argument that is missing or wrong, with what to do instead of one that Ansible has,
 *  or that is meant for the hosts. `text` is what commander says. */
export function usageError(text: string, command: Command): SwarmError {
  const [line = '', near] = text.replace(/^error: /, '').split('\n');
  const option = /^unknown option '([^']+)'/.exec(line)?.[1];
  const unknown = option === undefined ? undefined : findUnknownCommand(command);
  if (unknown !== undefined) return unknown;
  const [message = line, choices] = line.split(' Allowed choices are ');
  if (choices !== undefined) return new SwarmError('SW1202', message, { hint: choicesHint(choices, command) });
  const hint = option === undefined ? valueHint(line, command) : optionHint(option, near, command);
  return new SwarmError('SW1202', message, { hint });
}

/** Only `swarm check` prints SARIF. */
const choicesHint = (choices: string, command: Command): string =>
  `Use one of: ${command.name() === 'check' ? choices : choices.replace(', sarif', '')}`;

function optionHint(option: string, near: string | undefined, command: Command): string {
  const ofCommand =
    command.name() === 'exec' ? 'Write two dashes before the command for the hosts, for example: swarm exec all -- uname -r' : undefined;
  const meant = near === undefined ? undefined : nearOptionHint(option, near);
  return findAnsibleOptionHint(option) ?? ofCommand ?? meant ?? `To see its options, run: ${nameOf(command)} --help`;
}

/** The options that commander found near, as far as they are near for us too: it takes --help for --keep. */
function nearOptionHint(option: string, near: string): string | undefined {
  const close = (near.match(/--[\w-]+/g) ?? []).filter((each) => closestName(option.slice(2), [each.slice(2)]) !== undefined);
  return close.length === 0 ? undefined : `Did you mean ${close.join(' or ')}?`;
}

/** What to write where the value of an option or an argument is missing, or an argument is one too many. */
function valueHint(message: string, command: Command): string | undefined {
  const [, option, value = ''] = /^option '(?:-\w, )?(--[\w-]+) <(.+)>' argument missing/.exec(message) ?? [];
  if (option === '--directory') return 'For a dry run, add: --check';
  if (option !== undefined) return `Write: ${option} ${value.toUpperCase()}`;
  return /^(?:missing required argument|too many arguments)/.test(message) ? usageHint(command) : undefined;
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
