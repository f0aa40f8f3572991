import { isMapping, type Json, type Vars } from '../../core/json-value.ts';
import { ownValue } from '../../core/own-value.ts';
import { describeMissingKey } from '../expression/lazy-mapping.ts';
import { declareFunction, FunctionFault, readField, toText } from './language-function.ts';

function combineMappings(one: Vars, other: Vars, deep: boolean): Vars {
  const merged = Object.entries(other).map(([key, value]) => {
    const before = ownValue(one, key);
    return [key, deep && isMapping(before) && isMapping(value) ? combineMappings(before, value, true) : value] as const;
  });
  return { ...one, ...Object.fromEntries(merged) };
}

function toEntry(item: Json, key: string, value: string): readonly [string, Json] {
  const name = readField(item, key);
  const content = readField(item, value);
  if (name === undefined || content === undefined) throw new FunctionFault(`takes entries with \`${key}\` and \`${value}\``);
  return [toText(name), content];
}

/** The same value with the keys of all mappings in order. */
function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isMapping(value)) return value;
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key] ?? null)]));
}

/** Functions of mappings. */
export const mappingFunctions = [
  declareFunction('combine', {
    params: { mapping: 'mapping', other: 'mapping', deep: 'bool?' },
    does: 'both mappings as one; keys of the other win. With true also mappings in mappings',
    example: [[{ a: 1, b: { c: 2 } }, { b: { d: 3 } }, true], { a: 1, b: { c: 2, d: 3 } }],
    call: ({ mapping, other, deep = false }) => combineMappings(mapping, other, deep),
  }),
  declareFunction('keys', {
    params: { mapping: 'mapping' },
    does: 'the keys, in their order',
    example: [[{ a: 1, b: 2 }], ['a', 'b']],
    call: ({ mapping }) => Object.keys(mapping),
  }),
  declareFunction('values', {
    params: { mapping: 'mapping' },
    does: 'the values, in the order of their keys',
    example: [[{ a: 1, b: 2 }], [1, 2]],
    call: ({ mapping }) => Object.values(mapping),
  }),
  declareFunction('get', {
    params: { value: 'any', path: 'text', otherwise: 'any?' },
    does: 'the field with this name, `a.b` for a field of a field; null or the third value where there is none',
    example: [[{ a: { b: 1 } }, 'a.b'], 1],
    call: ({ value, path, otherwise }) => readField(value, path) ?? otherwise ?? explainMissing(value, path),
  }),
  declareFunction('dict2items', {
    params: { mapping: 'mapping' },
    does: 'a list of `key` and `value`',
    example: [[{ a: 1 }], [{ key: 'a', value: 1 }]],
    call: ({ mapping }) => Object.entries(mapping).map(([key, value]) => ({ key, value })),
  }),
  declareFunction('items2dict', {
    params: { list: 'list', key: 'text?', value: 'text?' },
    does: 'a mapping of a list of `key` and `value`, or of fields with other names',
    example: [[[{ key: 'a', value: 1 }]], { a: 1 }],
    call: ({ list, key = 'key', value = 'value' }) => Object.fromEntries(list.map((item) => toEntry(item, key, value))),
  }),
  declareFunction('sort_keys', {
    params: { value: 'any' },
    does: 'the value with the keys of all its mappings in order',
    example: [[{ b: 1, a: { d: 2, c: 3 } }], { a: { c: 3, d: 2 }, b: 1 }],
    call: ({ value }) => sortKeys(value),
  }),
];

/** Null for a key that a mapping lacks; for `hostvars`, why it lacks the key. */
function explainMissing(value: Json, key: string): null {
  const missing = describeMissingKey(value, key);
  if (missing === undefined) return null;
  throw new FunctionFault(`finds no value: ${missing.message}`, missing.hint);
}
