import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Arg } from '../../../core/playbook/playbook-model.ts';
import type { FaultCodes } from '../../schema/check-schema.ts';
import { checkMapping } from '../reader/check-mapping.ts';
import type { PlaybookReader } from '../reader/playbook-reader.ts';
import { childContext, type ReadContext } from '../reader/read-context.ts';
import { argSchema } from '../shapes/playbook-schema.ts';
import { convertArgValue } from './bind-args.ts';

const ARG_CODES: FaultCodes = { wrong: 'SW1115', missing: 'SW1115', unknown: 'SW1115' };
const ARG_NAME = /^[A-Za-z_]\w*$/;

/** `args:` of a playbook: what `swarm run NAME --help` prints and the command line is checked against (SW1115). */
export function readDeclaredArgs(reader: PlaybookReader, context: ReadContext, value: unknown): readonly Arg[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const args = Object.entries(value).flatMap(([name, each]) =>
    ARG_NAME.test(name) ? (readDeclaredArg(reader, childContext(context, name), name, each) ?? []) : [],
  );
  const list = args.findIndex(({ positional, type }) => positional && type === 'list');
  const unreachable = list < 0 ? undefined : args.slice(list + 1).find(({ positional }) => positional);
  if (unreachable !== undefined) {
    const message = `\`${unreachable.name}\` can never get a value: the list \`${args[list]?.name}\` before it takes all that follows`;
    reader.problems.push(new SwarmError('SW1115', message, { at: unreachable.at, hint: 'Put the positional list last.' }));
  }
  return args;
}

function readDeclaredArg(reader: PlaybookReader, context: ReadContext, name: string, value: unknown): Arg | undefined {
  const entry = checkMapping(reader, context, argSchema, value ?? {}, {}, ARG_CODES);
  if (entry === undefined) return undefined;
  const { type, positional, required, describe, ask, of, min, max } = entry;
  const at = context.source.keySpan(context.path);
  const choices = entry.choices?.map(String);
  const arg: Arg = {
    name,
    type,
    positional,
    required: required || (ask !== false && entry.default === undefined),
    at,
    ...(describe === undefined ? {} : { describe }),
    ...(ask === false ? {} : { ask: ask === true ? 'shown' : ask }),
    ...(choices === undefined ? {} : { choices }),
    ...(of === undefined ? {} : { of }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
  const fail = (message: string, hint: string, key: string | readonly PropertyKey[] = 'default'): void =>
    void reader.problems.push(
      new SwarmError('SW1115', message, { at: context.source.valueSpan([...context.path, ...[key].flat()]), hint }),
    );
  const bound = min === undefined ? 'max' : 'min';
  if (type !== 'int' && (min ?? max) !== undefined)
    fail(`\`${name}\` is not a number, and has ${bound}:`, `Add type: int, or remove ${bound}:`, bound);
  if (min !== undefined && max !== undefined && min > max)
    fail(`no value of \`${name}\` is allowed: min: ${min} is above max: ${max}`, 'Swap the two, or correct one of them.', 'min');
  const { choices: _, ...withoutChoices } = arg;
  for (const [i, choice] of (type === 'list' ? [] : (choices ?? [])).entries()) {
    const judged = convertArgValue(withoutChoices, choice);
    if ('wrong' in judged) fail(`a choice of \`${name}\` ${judged.wrong}`, 'Correct the choice, or what the arg takes.', ['choices', i]);
  }
  if (entry.default === undefined) return arg;
  if (required) fail(`\`${name}\` is required and has a default`, 'Remove required: or default:.');
  const converted = convertArgValue(arg, entry.default);
  if ('wrong' in converted) fail(`the default of \`${name}\` ${converted.wrong}`, `Correct the default, or its type: ${type}`);
  return { ...arg, default: 'value' in converted ? converted.value : null };
}
