import type { Json } from '../../core/json-value.ts';
import { ownValue } from '../../core/own-value.ts';
import { seededNumber, shuffleBySeed } from '../../core/playbook/seeded-order.ts';
import { describeType } from '../describe-type.ts';
import { compareJson, declareFunction, FunctionFault } from './language-function.ts';

const BOOLS: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, on: true, y: true, '1': true },
  ...{ false: false, no: false, off: false, n: false, '0': false },
};

function toBool(value: Json): boolean {
  const known = typeof value === 'boolean' ? value : ownValue(BOOLS, String(value).trim().toLowerCase());
  if (known === undefined) throw new FunctionFault(`takes true, false, yes, no, on, off, 1 or 0, not ${describeValue(value)}`);
  return known;
}

function toInt(value: Json): number {
  const number =
    typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : typeof value === 'boolean' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(Math.trunc(number))) return Math.trunc(number);
  throw new FunctionFault(`takes a number, not ${describeValue(value)}`);
}

function toDouble(value: Json): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw new FunctionFault(`takes a number, not ${describeValue(value)}`);
}

const describeValue = (value: Json): string => (typeof value === 'string' ? JSON.stringify(value) : describeType(value));

function findExtreme(list: readonly Json[], sign: number): Json {
  const [first, ...others] = list;
  if (first === undefined) throw new FunctionFault('takes a list with an entry');
  return others.reduce((best: Json, each) => (compareJson(each, best) * sign > 0 ? each : best), first);
}

function sumOf(list: readonly Json[]): number {
  return list.reduce((total: number, each) => {
    if (typeof each !== 'number') throw new FunctionFault(`takes a list of numbers, not ${describeType(each)} in it`);
    return total + each;
  }, 0);
}

const MAX_DIGITS = 20;

/** As Python rounds: a half goes to the even digit. Below 0 the digits are those before the point. */
function roundNumber(number: number, digits: number, method: string): number {
  if (!['common', 'ceil', 'floor'].includes(method)) throw new FunctionFault(`takes "ceil" or "floor" as \`method\`, not "${method}"`);
  const scale = 10 ** Math.min(Math.abs(digits), MAX_DIGITS);
  const scaled = digits < 0 ? number / scale : number * scale;
  if (method !== 'common') return digits < 0 ? Math[method as 'ceil'](scaled) * scale : Math[method as 'ceil'](scaled) / scale;
  if (digits < 0) return roundHalfToEven(scaled) * scale;
  const decimals = number.toFixed(MAX_DIGITS * 4).replace(/^[^.]*\.?|0+$/g, '');
  return decimals.length === digits + 1 && decimals.endsWith('5')
    ? roundHalfToEven(scaled) / scale
    : Number(number.toFixed(Math.min(digits, MAX_DIGITS)));
}

function roundHalfToEven(number: number): number {
  const floor = Math.floor(number);
  if (number - floor !== 0.5) return Math.round(number);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Functions of numbers, and conversions. */
export const numberFunctions = [
  declareFunction('int', {
    params: { value: 'any' },
    does: 'the value as a whole number; what is behind the point is cut off',
    example: [['8'], 8],
    call: ({ value }) => toInt(value),
  }),
  declareFunction('double', {
    params: { value: 'any' },
    does: 'the value as a number',
    example: [['1.5'], 1.5],
    call: ({ value }) => toDouble(value),
  }),
  declareFunction('string', {
    params: { value: 'any' },
    does: 'the value as a text; a list or a mapping as JSON',
    example: [[8], '8'],
    call: ({ value }) => (typeof value === 'string' ? value : JSON.stringify(value)),
  }),
  declareFunction('bool', {
    params: { value: 'any' },
    does: 'true for true, yes, on and 1, false for false, no, off and 0',
    example: [['no'], false],
    call: ({ value }) => toBool(value),
  }),
  declareFunction('sum', {
    params: { list: 'list' },
    does: 'all numbers of a list together',
    example: [[[1, 2, 3]], 6],
    call: ({ list }) => sumOf(list),
  }),
  declareFunction('min', {
    params: { list: 'list' },
    does: 'the least entry of a list of numbers or texts',
    example: [[[3, 1, 2]], 1],
    call: ({ list }) => findExtreme(list, -1),
  }),
  declareFunction('max', {
    params: { list: 'list' },
    does: 'the greatest entry of a list of numbers or texts',
    example: [[[3, 1, 2]], 3],
    call: ({ list }) => findExtreme(list, 1),
  }),
  declareFunction('abs', {
    params: { number: 'number' },
    does: 'the number without its sign',
    example: [[-3], 3],
    call: ({ number }) => Math.abs(number),
  }),
  declareFunction('round', {
    params: { number: 'number', digits: 'int?', method: 'text?' },
    does: 'the number with so many digits behind the point (0), a half to the even digit; with "ceil" up, with "floor" down',
    example: [[2.345, 1], 2.3],
    call: ({ number, digits = 0, method = 'common' }) => roundNumber(number, digits, method),
  }),
  declareFunction('random', {
    params: { from: 'any', seed: 'text' },
    does: 'a whole number from 0 to the one before `from`, or an entry of a list; the same at each run for the same seed',
    example: [[60, 'web01'], 9],
    call({ from, seed }) {
      const count = Array.isArray(from) ? from.length : from;
      if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1)
        throw new FunctionFault('takes a whole number from 1, or a list with an entry');
      const number = seededNumber(seed, count);
      return Array.isArray(from) ? (from[number] as Json) : number;
    },
  }),
  declareFunction('shuffle', {
    params: { list: 'list', seed: 'text' },
    does: 'the entries in another order; the same at each run for the same seed',
    example: [
      [['a', 'b', 'c'], 'web01'],
      ['b', 'c', 'a'],
    ],
    call: ({ list, seed }) => [...shuffleBySeed(list, seed)],
  }),
];
