import type { Json, Vars } from '../../../core/json-value.ts';
import { describeType } from '../../describe-type.ts';
import { compareJson, declareFunction, FunctionFault, isSameJson, readField } from '../language-function.ts';
import { isEmpty } from '../logic-functions.ts';

const MAX_ENTRIES = 1_000_000;

function flattenTo(list: readonly Json[], levels: number): Json[] {
  return list.flatMap((each) => (Array.isArray(each) && levels > 0 ? flattenTo(each, levels - 1) : [each]));
}

function sortBy(list: readonly Json[], field: string | undefined): Json[] {
  const key = (value: Json): Json => (field === undefined ? value : (readField(value, field) ?? missing(field)));
  return [...list].sort((a, b) => compareJson(key(a), key(b)));
}

const missing = (field: string): never => {
  throw new FunctionFault(`found an entry without the field \`${field}\``);
};

/** Whether the field has the value or, without one, is set and neither false, null nor empty. */
function matchesField(entry: Json, field: string, value: Json | undefined): boolean {
  const found = readField(entry, field);
  if (value !== undefined) return found !== undefined && isSameJson(found, value);
  return found !== undefined && !isEmpty(found);
}

function groupByField(list: readonly Json[], field: string): Json {
  const groups = new Map<string, Json[]>();
  for (const entry of list) {
    const value = readField(entry, field) ?? missing(field);
    const key = typeof value === 'object' ? JSON.stringify(value) : String(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return Object.fromEntries(groups) as Vars;
}

function rangeOf(start: number, end: number, step: number): number[] {
  if (step === 0) throw new FunctionFault('takes a step other than 0');
  const count = Math.max(0, Math.ceil((end - start) / step));
  if (count > MAX_ENTRIES) throw new FunctionFault(`would make ${count} entries, more than ${MAX_ENTRIES}`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

function entriesOrCharacters(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  throw new FunctionFault(`takes a list or a text, not ${describeType(value)}`);
}

/** Functions of lists. */
export const listFunctions = [
  declareFunction('first', {
    params: { list: 'any' },
    does: 'the first entry, of a text the first character; null of an empty list or text',
    example: [[['a', 'b']], 'a'],
    call: ({ list }) => entriesOrCharacters(list)[0] ?? null,
  }),
  declareFunction('last', {
    params: { list: 'any' },
    does: 'the last entry, of a text the last character; null of an empty list or text',
    example: [[['a', 'b']], 'b'],
    call: ({ list }) => entriesOrCharacters(list).at(-1) ?? null,
  }),
  declareFunction('map', {
    params: { list: 'list', field: 'text' },
    does: 'of each entry the field; `a.b` is a field of a field. In expressions also `list.map(x, x.field + "!")`',
    example: [
      [[{ name: 'a' }, { name: 'b' }], 'name'],
      ['a', 'b'],
    ],
    call: ({ list, field }) => list.map((entry) => readField(entry, field) ?? missing(field)),
  }),
  declareFunction('selectattr', {
    params: { list: 'list', field: 'text', value: 'any?' },
    does: 'the entries whose field has the value or, without a value, is set. In expressions also `list.filter(x, x.field > 1)`',
    example: [
      [
        [
          { name: 'a', up: true },
          { name: 'b', up: false },
        ],
        'up',
      ],
      [{ name: 'a', up: true }],
    ],
    call: ({ list, field, value }) => list.filter((entry) => matchesField(entry, field, value)),
  }),
  declareFunction('rejectattr', {
    params: { list: 'list', field: 'text', value: 'any?' },
    does: 'the entries that `selectattr` leaves out',
    example: [
      [
        [
          { name: 'a', os: 'x' },
          { name: 'b', os: 'y' },
        ],
        'os',
        'x',
      ],
      [{ name: 'b', os: 'y' }],
    ],
    call: ({ list, field, value }) => list.filter((entry) => !matchesField(entry, field, value)),
  }),
  declareFunction('groupby', {
    params: { list: 'list', field: 'text' },
    does: 'a mapping: for each value of the field, the entries that have it',
    example: [
      [
        [
          { n: 1, os: 'x' },
          { n: 2, os: 'y' },
        ],
        'os',
      ],
      { x: [{ n: 1, os: 'x' }], y: [{ n: 2, os: 'y' }] },
    ],
    call: ({ list, field }) => groupByField(list, field),
  }),
  declareFunction('sort', {
    params: { list: 'list', field: 'text?' },
    does: 'the entries in order, of mappings by a field',
    example: [[['b', 'a']], ['a', 'b']],
    call: ({ list, field }) => sortBy(list, field),
  }),
  declareFunction('reverse', {
    params: { list: 'list' },
    does: 'the entries from the last to the first',
    example: [[[1, 2, 3]], [3, 2, 1]],
    call: ({ list }) => [...list].reverse(),
  }),
  declareFunction('zip', {
    params: { list: 'list', other: 'list' },
    does: 'pairs of entries, as many as the shorter list has',
    example: [
      [
        ['a', 'b'],
        [1, 2],
      ],
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    call: ({ list, other }) => list.slice(0, other.length).map((each, i) => [each, other[i] ?? null]),
  }),
  declareFunction('product', {
    params: { list: 'list', other: 'list' },
    does: 'each entry with each entry of the other list',
    example: [
      [['a', 'b'], [1]],
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    call({ list, other }) {
      if (list.length * other.length > MAX_ENTRIES) throw new FunctionFault(`would make more than ${MAX_ENTRIES} entries`);
      return list.flatMap((one) => other.map((two) => [one, two]));
    },
  }),
  declareFunction('batch', {
    params: { list: 'list', size: 'int' },
    does: 'the entries in lists of `size`',
    example: [
      [[1, 2, 3], 2],
      [[1, 2], [3]],
    ],
    call({ list, size }) {
      if (size < 1) throw new FunctionFault('takes a size from 1');
      return rangeOf(0, list.length, size).map((at) => list.slice(at, at + size));
    },
  }),
  declareFunction('flatten', {
    params: { list: 'list', levels: 'int?' },
    does: 'the entries of lists in a list, one level deep or as many as you say',
    example: [[['a', ['b', ['c']]]], ['a', 'b', ['c']]],
    call: ({ list, levels = 1 }) => flattenTo(list, levels),
  }),
  declareFunction('range', {
    params: { start: 'int', end: 'int', step: 'int?' },
    does: 'whole numbers from `start` up to the one before `end`',
    example: [
      [1, 4],
      [1, 2, 3],
    ],
    call: ({ start, end, step = 1 }) => rangeOf(start, end, step),
  }),
];
