import { closestName, listNames } from '../../../core/closest-name.ts';
import { SwarmError, ValidationError } from '../../../core/error/swarm-error.ts';
import { readLocalFileSync } from '../../../core/files/read-local-file.ts';
import { isMapping, type Json, type Vars } from '../../../core/json-value.ts';
import { parseForeignJson } from '../../../core/output/foreign-json.ts';
import { ownValue } from '../../../core/own-value.ts';
import type { Arg, Playbook } from '../../../core/playbook/playbook-model.ts';
import { describeType } from '../../describe-type.ts';
import { readYaml } from '../../yaml/read-yaml.ts';
import { helpHint } from '../playbook-options.ts';
import { BOOLS, takeDefaultType } from './default-type.ts';

/** The variables of a run: values from the command line, without a name or by -e, then the defaults. An optional argument that is not
 *  given is null, false or an empty list. -e may also set variables that the playbook has or uses, and with `known` those of the inventory.
 *  `typed` has the options as they were typed, by arg. Throws SW1205, several as ValidationError. */
export function bindArgs(
  playbook: Playbook,
  positional: readonly string[],
  extra: Vars,
  known: Iterable<string> = [],
  typed: ReadonlyMap<string, string> = new Map(),
): Vars {
  const problems: SwarmError[] = [];
  const positionalValues = bindPositionalArgs(playbook, positional, problems);
  const names = new Set([...playbook.args.map(({ name }) => name), ...listPlaybookVars(playbook), ...(playbook.usedNames ?? []), ...known]);
  for (const name of Object.keys(extra)) if (!names.has(name)) problems.push(unknownArgError(playbook, name, names));
  const vars: Record<string, Json> = {};
  for (const [name, value] of Object.entries(extra)) if (!playbook.args.some((arg) => arg.name === name)) vars[name] = value;
  for (const arg of playbook.args) {
    const given = Object.hasOwn(extra, arg.name) ? extra[arg.name] : positionalValues.get(arg.name);
    if (given !== undefined) {
      const result = convertArgValue(arg, given);
      if ('value' in result) vars[arg.name] = result.value;
      else
        problems.push(
          new SwarmError('SW1205', `${typed.get(arg.name) ?? arg.name} ${result.wrong}`, { hint: result.hint ?? helpHint(playbook) }),
        );
    } else if (arg.required) {
      const what = arg.describe === undefined ? '' : ` (${arg.describe})`;
      problems.push(new SwarmError('SW1205', `${arg.name} is missing${what}`, { hint: helpHint(playbook) }));
    } else vars[arg.name] = arg.default ?? emptyValue(arg);
  }
  const [first, ...more] = problems;
  if (first !== undefined) throw more.length === 0 ? first : new ValidationError(problems);
  return vars;
}

const emptyValue = ({ type }: Arg): Json => (type === 'list' ? [] : type === 'bool' ? false : null);

/** The args that words without a name are for, with their values. Words beyond them are `problems` (SW1205). */
export function bindPositionalArgs(playbook: Playbook, positional: readonly string[], problems: SwarmError[]): ReadonlyMap<string, Json> {
  const values = new Map<string, Json>();
  const left = [...positional];
  for (const arg of playbook.args) {
    if (!arg.positional || left.length === 0) continue;
    values.set(arg.name, arg.type === 'list' ? left.splice(0) : (left.shift() ?? null));
  }
  const [surplus] = left;
  if (surplus !== undefined) {
    const accepted = playbook.args.some((arg) => arg.positional)
      ? `nothing after ${positional[positional.length - left.length - 1]}`
      : 'no arguments without a name';
    problems.push(new SwarmError('SW1205', `unexpected \`${surplus}\`: ${playbook.name} takes ${accepted}`, { hint: helpHint(playbook) }));
  }
  return values;
}

const listPlaybookVars = ({ vars, plays }: Playbook): readonly string[] =>
  [vars, ...plays.flatMap((play) => [play.defaults, play.vars])].flatMap((each) => Object.keys(each));

function unknownArgError(playbook: Playbook, name: string, names: ReadonlySet<string>): SwarmError {
  const near = closestName(name, names);
  const hint =
    near !== undefined
      ? `Did you mean \`${near}\`?`
      : names.size > 0
        ? `Use one of: ${listNames(names)}`
        : 'Declare it in args: of the playbook.';
  return new SwarmError('SW1205', `${playbook.name} has no argument \`${name}\``, { hint });
}

/** A value for a declared argument: a text of the command line is converted, anything else must have the type. */
export function convertArgValue(arg: Arg, given: Json): { readonly value: Json } | { readonly wrong: string; readonly hint?: string } {
  const result = convertByType(arg, given);
  if (!('value' in result) || arg.choices === undefined) return result;
  const { choices } = arg;
  const notAChoice = [result.value].flat().find((each) => !choices.includes(String(each)));
  if (notAChoice === undefined) return result;
  const near = closestName(String(notAChoice), choices);
  const wrong = `takes ${choices.join(', ')}, not ${JSON.stringify(notAChoice)}`;
  return near === undefined ? { wrong } : { wrong, hint: `Did you mean \`${near}\`?` };
}

function convertByType({ type, min, max }: Arg, given: Json): { readonly value: Json } | { readonly wrong: string } {
  const shown = typeof given === 'string' || typeof given === 'number' ? JSON.stringify(given) : describeType(given);
  const wrong = (takes: string) => ({ wrong: `takes ${takes}, not ${shown}` });
  switch (type) {
    case 'int': {
      const number = typeof given === 'string' && /^\s*[-+]?\d+\s*$/.test(given) ? Number(given) : given;
      const inRange = typeof number === 'number' && number >= (min ?? -Infinity) && number <= (max ?? Infinity);
      return Number.isSafeInteger(number) && inRange ? { value: number } : wrong(`a whole number${formatRange(min, max)}`);
    }
    case 'bool': {
      const bool = typeof given === 'string' ? ownValue(BOOLS, given.toLowerCase()) : given;
      return typeof bool === 'boolean' ? { value: bool } : wrong('true or false');
    }
    case 'list': {
      if (Array.isArray(given)) return { value: given };
      if (typeof given !== 'string') return wrong('a list');
      return given.trim().startsWith('[') ? parseJsonList(given, wrong) : { value: given.split(',').flatMap((each) => each.trim() || []) };
    }
    case 'string':
    case 'path':
      return typeof given === 'string' ? { value: given } : typeof given === 'number' ? { value: String(given) } : wrong('a text');
  }
}

function formatRange(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? '' : ` up to ${max}`;
  return max === undefined ? ` from ${min}` : ` from ${min} to ${max}`;
}

function parseJsonList(
  text: string,
  wrong: (takes: string) => { readonly wrong: string },
): { readonly value: Json } | { readonly wrong: string } {
  try {
    const value = parseForeignJson(text);
    return Array.isArray(value) ? { value } : wrong('a list');
  } catch {
    return wrong('a list: a,b or ["a", "b"]');
  }
}

/** The -e options: `key=value` (a text, which takes the type of the default in the playbook), `@file` (YAML or JSON) or a JSON mapping; later
 *  ones win. Throws SW1205, for a file ValidationError. */
export function parseExtraVars(texts: readonly string[], playbook?: Playbook): Vars {
  return Object.fromEntries(texts.flatMap((text) => Object.entries(parseExtraVar(text, playbook)))); // `__proto__` is a name like others
}

function parseExtraVar(text: string, playbook: Playbook | undefined): Vars {
  if (text.startsWith('@')) return readExtraVarsFile(text.slice(1));
  if (text.trimStart().startsWith('{')) return parseExtraVarsJson(text);
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  const value = text.slice(equals + 1);
  if (/^[A-Za-z_]\w*$/.test(name)) return { [name]: playbook === undefined ? value : takeDefaultType(playbook, name, value) };
  const hint = equals < 0 ? 'Write: -e NAME=VALUE, -e @FILE or -e JSON' : 'Use letters, digits and _ in the name.';
  throw new SwarmError('SW1205', `-e ${text}: ${equals < 0 ? '= is missing' : `\`${name}\` is not a name`}`, { hint });
}

function parseExtraVarsJson(text: string): Vars {
  try {
    const value = parseForeignJson(text);
    const { source, problems } = readYaml(text, '-e', true); // keeps the digits of 1.0
    return (problems.length > 0 ? value : source.value) as Vars;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError('SW1205', `-e is not JSON: ${reason}`, { cause, hint: `Write: -e '{"name": "value"}'` });
  }
}

function readExtraVarsFile(file: string): Vars {
  let bytes: Uint8Array;
  try {
    bytes = readLocalFileSync(file);
  } catch (cause) {
    throw new SwarmError('SW1205', `-e @${file} cannot be read`, { cause, hint: cause instanceof Error ? cause.message : undefined });
  }
  const { source, problems } = readYaml(bytes, file, true);
  if (problems.length > 0) throw new ValidationError(problems);
  const { value } = source;
  if (isMapping(value)) return value;
  throw new SwarmError('SW1205', `-e @${file} is not a mapping of variables`, { at: source.valueSpan([]), hint: 'Write: name: value' });
}
