import type { Json, Vars } from '../../core/json-value.ts';
import { declareFunction, FunctionFault, toText } from './language-function.ts';

function addValues(one: Json, other: Json): Json {
  if (typeof one === 'number' && typeof other === 'number') return one + other;
  if (typeof one === 'string' && typeof other === 'string') return one + other;
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  throw new FunctionFault('takes two numbers, two texts or two lists');
}

function divide(one: number, other: number): number {
  if (other === 0) throw new FunctionFault('takes a divisor other than 0');
  return one / other;
}

function toMapping(parts: readonly Json[]): Vars {
  if (parts.length % 2 === 1) throw new FunctionFault('takes pairs of a key and a value');
  return Object.fromEntries(parts.flatMap((key, i) => (i % 2 === 0 ? [[toText(key), parts[i + 1] ?? null] as const] : [])));
}

const TYPES = { string: 'text', number: 'number', boolean: 'bool' } as const;

/** What expressions write with signs: `a + b`, `[a, b]`, `{"a": b}`. */
export const operatorFunctions = [
  declareFunction('concat', {
    params: { parts: 'any...' },
    does: 'texts and numbers one after the other as one text. In expressions also `a + b`',
    example: [['web', 1, '.conf'], 'web1.conf'],
    call: ({ parts }) => parts.map(toText).join(''),
  }),
  declareFunction('list', {
    params: { entries: 'any...' },
    does: 'a list of the values. In expressions also `[a, b]`',
    example: [
      ['a', 2],
      ['a', 2],
    ],
    call: ({ entries }) => entries,
  }),
  declareFunction('dict', {
    params: { parts: 'any...' },
    does: 'a mapping of keys and values. In expressions also `{"a": 1}`',
    example: [['a', 1], { a: 1 }],
    call: ({ parts }) => toMapping(parts),
  }),
  declareFunction('add', {
    params: { one: 'any', other: 'any' },
    does: 'the sum of two numbers, two texts as one, or the entries of two lists. In expressions also `a + b`',
    example: [[1, 2], 3],
    call: ({ one, other }) => addValues(one, other),
  }),
  declareFunction('subtract', {
    params: { one: 'number', other: 'number' },
    does: 'the first number less the second. In expressions also `a - b`',
    example: [[3, 1], 2],
    call: ({ one, other }) => one - other,
  }),
  declareFunction('multiply', {
    params: { one: 'number', other: 'number' },
    does: 'both numbers multiplied. In expressions also `a * b`',
    example: [[3, 2], 6],
    call: ({ one, other }) => one * other,
  }),
  declareFunction('divide', {
    params: { one: 'number', other: 'number' },
    does: 'the first number divided by the second; `int` cuts off what is behind the point',
    example: [[3, 2], 1.5],
    call: ({ one, other }) => divide(one, other),
  }),
  declareFunction('modulo', {
    params: { one: 'number', other: 'number' },
    does: 'what is left of the division. In expressions also `a % b`',
    example: [[5, 3], 2],
    call({ one, other }) {
      divide(one, other);
      return one % other;
    },
  }),
  declareFunction('type_of', {
    params: { value: 'any' },
    does: 'what the value is: `text`, `number`, `bool`, `list`, `mapping` or `null`',
    example: [[[1]], 'list'],
    call: ({ value }) =>
      value === null ? 'null' : Array.isArray(value) ? 'list' : (TYPES[typeof value as keyof typeof TYPES] ?? 'mapping'),
  }),
];
