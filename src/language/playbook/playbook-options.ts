import { basename, dirname, extname } from 'node:path';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Arg, Playbook } from '../../core/playbook/playbook-model.ts';
import { findAnsibleOptionHint } from './ansible/ansible-options.ts';

/** The words after a playbook: those by position, and those given as --name value. */
export interface PlaybookWords {
  readonly positional: readonly string[];
  readonly named: Vars;
  /** The options as they were typed, by the name of the arg. */
  readonly typed: ReadonlyMap<string, string>;
}

/**
 * Reads `--name value` and `--name=value` for the args that the playbook declares; `--name` alone is true for a bool. After `--` all
 * words are positional. Throws SW1202 for another option, with the nearest of the playbook's args and of `options`.
 */
export function readPlaybookOptions(playbook: Playbook, words: readonly string[], options: readonly string[]): PlaybookWords {
  const positional: string[] = [];
  const named: Record<string, Json> = {};
  const typed = new Map<string, string>();
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      positional.push(...left.splice(0));
    } else if (!word.startsWith('-') || /^-\d*$/.test(word)) {
      positional.push(word);
    } else {
      const { name, value: given } = splitOption(word);
      const arg = findArg(playbook, name);
      if (arg === undefined) throw unknownOptionError(playbook, name, options);
      const value = given ?? (arg.type === 'bool' ? true : left.shift());
      if (value === undefined)
        throw new SwarmError('SW1202', `${name} needs a value.`, {
          hint: `Write a value after ${name}. ${helpHint(playbook)}`,
        });
      typed.set(arg.name, name);
      named[arg.name] = addValue(arg, named[arg.name], value);
    }
  }
  return { positional, named, typed };
}

/** The command that shows the args of a playbook. */
export function helpHint({ file }: Playbook): string {
  const name = basename(dirname(file)) === 'playbooks' ? basename(file, extname(file)) : file;
  return `To see what it takes, run: swarm run ${name} --help`;
}

const findArg = ({ args }: Playbook, option: string): Arg | undefined =>
  args.find((each) => `--${each.name}` === option || `--${each.name.replaceAll('_', '-')}` === option);

/** True where the words are options that the playbook declares, with their values, and nothing else. */
export function consumesOptions(playbook: Playbook, words: readonly string[]): boolean {
  const left = words.filter((word) => word !== '--');
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const { name, value } = splitOption(word);
    const arg = findArg(playbook, name);
    if (arg === undefined || (value === undefined && arg.type !== 'bool' && left.shift() === undefined)) return false;
  }
  return true;
}

function splitOption(word: string): { readonly name: string; readonly value?: string } {
  const equals = word.indexOf('=');
  return equals < 0 ? { name: word } : { name: word.slice(0, equals), value: word.slice(equals + 1) };
}

/** A list can be given several times. */
const addValue = ({ type }: Arg, before: Json | undefined, value: string | boolean): Json =>
  type === 'list' && typeof before === 'string' && !before.trimStart().startsWith('[') ? `${before},${value}` : value;

function unknownOptionError({ name: playbook, args }: Playbook, name: string, options: readonly string[]): SwarmError {
  const own = args.map((arg) => `--${arg.name}`);
  const near = closestName(name, [...own, ...options]);
  const instead = findAnsibleOptionHint(name);
  const hint =
    instead !== undefined
      ? instead
      : near !== undefined
        ? `Did you mean ${near}?`
        : own.length > 0
          ? `The arguments of ${playbook} are ${own.join(', ')}.`
          : `Declare it under args: of the playbook ${playbook}.`;
  return new SwarmError('SW1202', `The playbook ${playbook} has no argument ${name}, and swarm run has no such option.`, { hint });
}
