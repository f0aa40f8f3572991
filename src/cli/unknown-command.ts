import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { closestName } from '../core/closest-name.ts';
import { SwarmError } from '../core/error/swarm-error.ts';
import { packageRoot } from '../core/program/package-root.ts';
import { findAnsibleCommandHint } from '../language/playbook/ansible/ansible-options.ts';
import { commandGroups, commands } from './commands.ts';

/** The commands right below `swarm` or a group, with their summaries. */
export function listCommands(parent: Command): readonly (readonly [string, string])[] {
  const prefix = parent.parent === null ? '' : `${parent.name()} `;
  const own = commands.filter(({ name, hidden }) => !hidden && name.startsWith(prefix));
  const names = [...new Set(own.map(({ name }) => name.slice(prefix.length).split(' ')[0] ?? ''))];
  return names.map((name) => [name, commandGroups[name]?.summary ?? own.find((each) => each.name === `${prefix}${name}`)?.summary ?? '']);
}

const listCommandNames = (parent: Command): readonly string[] => listCommands(parent).map(([name]) => name);

/** The command whose name is nearest to the word after `parent`. */
export const closestCommand = (parent: Command): string | undefined => closestName(parent.args[0] ?? '', listCommandNames(parent));

/** The word after a command is none of its commands. */
export function unknownCommandError(parent: Command, word = parent.args[0] ?? ''): SwarmError {
  const before = parent.parent === null ? 'swarm' : `swarm ${parent.name()}`;
  const near = closestName(word, listCommandNames(parent));
  const meant = findMeantCommands(word);
  const hint =
    meant.length > 0
      ? `Did you mean ${meant.join(' or ')}?`
      : near === undefined
        ? (findAnsibleCommandHint(word) ?? `Use one of: ${listCommandNames(parent).join(', ')}.`)
        : `Did you mean ${before} ${near}?`;
  return new SwarmError('SW1203', `There is no command ${before} ${word}.`, { hint });
}

/** The whole commands that have this very word: `trust` is one of `swarm hosts`, and `build` is a built-in playbook. */
function findMeantCommands(word: string): readonly string[] {
  const own = commands.filter(({ name, hidden }) => !hidden && (name === word || name.endsWith(` ${word}`))).map(({ name }) => name);
  const groups = Object.keys(commandGroups).filter((name) => name === word);
  const playbooks = own.length + groups.length === 0 && isPlaybook(word) ? [`run ${word}`] : [];
  return [...groups, ...own, ...playbooks].map((name) => `swarm ${name}`);
}

/** Whether the current folder or swarm has a playbook of this name. */
const isPlaybook = (word: string): boolean =>
  /^[\w-]+$/.test(word) && [process.cwd(), packageRoot()].some((dir) => existsSync(join(dir, 'playbooks', `${word}.yml`)));

/** The error of a word that is no command, where an option after it was found first: `swarm build --check`. Undefined where the word is not at fault. */
export function findUnknownCommand(command: Command): SwarmError | undefined {
  const { parent } = command;
  const [word] = command.args;
  if (parent === null) return word === undefined || word.startsWith('-') ? undefined : unknownCommandError(command);
  const [first] = parent.args;
  const isDefault = commandGroups[parent.name()]?.bare === command.name() && first !== command.name();
  return isDefault && word !== undefined && first === word && closestCommand(parent) !== undefined
    ? unknownCommandError(parent)
    : undefined;
}
