import { SwarmError } from '../../core/error.ts';
import type { Arg } from '../../core/playbook-model.ts';
import { argValue } from './bind-args.ts';
import { below, checkMapping, type Here, type Reader } from './playbook-reader.ts';
import { argSchema } from './playbook-schema.ts';

const codes = { wrong: 'SW1115', missing: 'SW1115', unknown: 'SW1115' };
const NAME = /^[A-Za-z_]\w*$/;

/** `args:` of a playbook: what `swarm run NAME --help` prints and the command line is checked against (SW1115). */
export function readArgsDeclaration(reader: Reader, here: Here, value: unknown): readonly Arg[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const args = Object.entries(value).flatMap(([name, each]) =>
    NAME.test(name) ? (readArg(reader, below(here, name), name, each) ?? []) : [],
  );
  const list = args.findIndex(({ positional, type }) => positional && type === 'list');
  const after = list < 0 ? undefined : args.slice(list + 1).find(({ positional }) => positional);
  if (after !== undefined) {
    const message = `\`${after.name}\` can never be given: \`${args[list]?.name}\` before it takes all that follows`;
    reader.problems.push(new SwarmError('SW1115', message, { at: after.at, hint: 'put the positional list last' }));
  }
  return args;
}

function readArg(reader: Reader, here: Here, name: string, value: unknown): Arg | undefined {
  const entry = checkMapping(reader, here, argSchema, value ?? {}, {}, codes);
  if (entry === undefined) return undefined;
  const { type, positional, required, describe, of } = entry;
  const at = here.source.key(here.path);
  const choices = entry.choices?.map(String);
  const arg: Arg = {
    name,
    type,
    positional,
    required,
    at,
    ...(describe === undefined ? {} : { describe }),
    ...(choices === undefined ? {} : { choices }),
    ...(of === undefined ? {} : { of }),
  };
  if (entry.default === undefined) return arg;
  const fail = (message: string, hint: string): void =>
    void reader.problems.push(new SwarmError('SW1115', message, { at: here.source.at([...here.path, 'default']), hint }));
  if (required) fail(`\`${name}\` is required and has a default`, 'remove one of the two');
  const given = argValue(arg, entry.default);
  if ('wrong' in given) fail(`the default of \`${name}\` ${given.wrong}`, `its type is ${type}`);
  return { ...arg, default: 'value' in given ? given.value : null };
}
