import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import { describeType } from '../describe-type.ts';

/** What a parameter takes. A `?` at the end: it may be left out. `any...`: all values from there on. */
export type ParamType = keyof ParamValues | `${keyof ParamValues}?` | 'any...';

interface ParamValues {
  readonly text: string;
  readonly number: number;
  readonly int: number;
  readonly bool: boolean;
  readonly list: readonly Json[];
  readonly mapping: Vars;
  readonly any: Json;
}

type Values<P extends Readonly<Record<string, ParamType>>> = {
  readonly [K in keyof P]: P[K] extends `${infer T extends keyof ParamValues}?`
    ? ParamValues[T] | undefined
    : P[K] extends keyof ParamValues
      ? ParamValues[P[K]]
      : readonly Json[];
};

/** Reads what is outside the playbook, for `lookup`: only while a playbook runs. `scope`: the variables of the task, for a template. */
export type Lookup = (kind: string, words: readonly string[], scope?: Vars) => Json;

/** A function of expressions and a helper of templates, under one name. */
export interface LanguageFunction {
  readonly name: string;
  readonly params: Readonly<Record<string, ParamType>>;
  readonly minArgs: number;
  readonly maxArgs: number;
  /** One sentence: what it returns. */
  readonly does: string;
  /** Values and what the function makes of them. */
  readonly example: readonly [args: readonly Json[], result: Json];
  /** Throws FunctionFault. */
  call(args: readonly Json[], lookUp?: Lookup): Json;
}

/** A value that a function does not take. The message follows the name of the function. */
export class FunctionFault extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

interface Declaration<P extends Readonly<Record<string, ParamType>>> {
  readonly params: P;
  readonly does: string;
  readonly example: readonly [args: readonly Json[], result: Json];
  call(values: Values<P>, lookUp: Lookup | undefined): Json;
}

const MAX_WORDS = 24;

/** Declares a function. Its values are checked by `params` before `call` gets them. */
export function declareFunction<const P extends Readonly<Record<string, ParamType>>>(
  name: string,
  { params, does, example, call }: Declaration<P>,
): LanguageFunction {
  const types = Object.entries(params);
  return {
    name,
    params,
    does,
    example,
    minArgs: types.filter(([, type]) => !/[?.]$/.test(type)).length,
    maxArgs: types.some(([, type]) => type.endsWith('...')) ? MAX_WORDS : types.length,
    call(args, lookUp) {
      const values = types.map(([param, type], i) => {
        if (type.endsWith('...')) return [param, args.slice(i)] as const;
        const optional = type.endsWith('?');
        const value = args[i];
        if (optional && (value === undefined || value === null)) return [param, undefined] as const;
        return [param, readValue(param, type.replace('?', '') as keyof ParamValues, value ?? null)] as const;
      });
      return call(Object.fromEntries(values) as Values<P>, lookUp);
    },
  };
}

const EXPECTED: Readonly<Record<keyof ParamValues, string>> = {
  text: 'a text',
  number: 'a number',
  int: 'a whole number',
  bool: 'true or false',
  list: 'a list',
  mapping: 'a mapping',
  any: 'a value',
};

function readValue(param: string, type: keyof ParamValues, value: Json): Json {
  if (type === 'text' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (hasType(type, value)) return value;
  throw new FunctionFault(`takes ${EXPECTED[type]} as \`${param}\`, not ${describeType(value)}`);
}

function hasType(type: keyof ParamValues, value: Json): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'text':
      return typeof value === 'string';
    case 'number':
      return typeof value === 'number';
    case 'int':
      return Number.isSafeInteger(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'mapping':
      return isMapping(value);
  }
}

/** A value as text; throws FunctionFault for a list, a mapping and null. */
export function toText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new FunctionFault(`takes texts, not ${describeType(value)}`);
}

/** Whether two values are the same, whatever the order of their keys. */
export function isSameJson(one: Json, other: Json): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  const field = (of: Json, key: string): Json => (of as Vars)[key] ?? null;
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSameJson(field(one, key), field(other, key)))
  );
}

/** The field of a mapping; `a.b` is a field of a field, unless a field has this name itself. Undefined where there is none. */
export function readField(value: Json, path: string): Json | undefined {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, path)) return (value as Vars)[path];
  let found: Json | undefined = value;
  for (const key of path.split('.')) {
    found = typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as Vars)[key] : undefined;
  }
  return found;
}

/** The order of two values of one type: numbers by size, texts by their characters. */
export function compareJson(one: Json, other: Json): number {
  const comparable = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string' || typeof one === 'boolean');
  if (!comparable) throw new FunctionFault(`cannot compare ${describeType(one)} with ${describeType(other)}`);
  return (one as number) < (other as number) ? -1 : (one as number) > (other as number) ? 1 : 0;
}
