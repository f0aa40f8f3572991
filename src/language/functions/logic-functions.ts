import type { Json } from '../../core/json-value.ts';
import { compareJson, declareFunction, FunctionFault, isSameJson } from './language-function.ts';

/** Texts that would count as true by accident. */
const MISLEADING = /^\s*(?:n|no|off|false|0)\s*$/i;

/** What counts as true: not false, null, 0, an empty text, list or mapping. Throws FunctionFault for a text such as `no`. */
export function isTruthy(value: Json): boolean {
  if (typeof value === 'string' && MISLEADING.test(value))
    throw new FunctionFault(
      `takes true or false, not the text ${JSON.stringify(value)}`,
      'Use the function bool for yes and no, or eq to compare with a text.',
    );
  return !isEmpty(value);
}

/** What has no content: false, null, 0, an empty text, list or mapping. */
export const isEmpty = (value: Json): boolean => (typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : !value);

/** Comparisons, which expressions have as operators, for `{{#if (eq a b)}}`. */
export const logicFunctions = [
  declareFunction('default', {
    params: { value: 'any', otherwise: 'any', empty: 'bool?' },
    does: 'the value; the second one where the first is not defined or null. With true also where it is empty: an empty text, list or mapping, 0 or false',
    example: [['', 'b', true], 'b'],
    call: ({ value, otherwise, empty }) => (value === null || (empty === true && isEmpty(value)) ? otherwise : value),
  }),
  declareFunction('defined', {
    params: { value: 'any' },
    does: 'whether the variable or field exists and is not null',
    example: [['a'], true],
    call: ({ value }) => value !== null,
  }),
  declareFunction('ternary', {
    params: { condition: 'any', yes: 'any', no: 'any' },
    does: 'the second value where the first is true, else the third. In expressions also `x ? "a" : "b"`',
    example: [[true, 'a', 'b'], 'a'],
    call: ({ condition, yes, no }) => (isTruthy(condition) ? yes : no),
  }),
  declareFunction('eq', {
    params: { value: 'any', other: 'any' },
    does: 'whether two values are the same',
    example: [['a', 'a'], true],
    call: ({ value, other }) => isSameJson(value, other),
  }),
  declareFunction('ne', {
    params: { value: 'any', other: 'any' },
    does: 'whether two values differ',
    example: [[1, 2], true],
    call: ({ value, other }) => !isSameJson(value, other),
  }),
  declareFunction('lt', {
    params: { value: 'any', other: 'any' },
    does: 'whether the first is less than the second',
    example: [[1, 2], true],
    call: ({ value, other }) => compareJson(value, other) < 0,
  }),
  declareFunction('lte', {
    params: { value: 'any', other: 'any' },
    does: 'whether the first is not greater than the second',
    example: [[2, 2], true],
    call: ({ value, other }) => compareJson(value, other) <= 0,
  }),
  declareFunction('gt', {
    params: { value: 'any', other: 'any' },
    does: 'whether the first is greater than the second',
    example: [[3, 2], true],
    call: ({ value, other }) => compareJson(value, other) > 0,
  }),
  declareFunction('gte', {
    params: { value: 'any', other: 'any' },
    does: 'whether the first is not less than the second',
    example: [[2, 2], true],
    call: ({ value, other }) => compareJson(value, other) >= 0,
  }),
  declareFunction('and', {
    params: { value: 'any', other: 'any', third: 'any?' },
    does: 'whether all values are true',
    example: [[true, false], false],
    call: ({ value, other, third = true }) => isTruthy(value) && isTruthy(other) && isTruthy(third),
  }),
  declareFunction('or', {
    params: { value: 'any', other: 'any', third: 'any?' },
    does: 'whether one of the values is true',
    example: [[true, false], true],
    call: ({ value, other, third = false }) => isTruthy(value) || isTruthy(other) || isTruthy(third),
  }),
  declareFunction('not', {
    params: { value: 'any' },
    does: 'true for false, null, 0, an empty text, list or mapping',
    example: [[false], true],
    call: ({ value }) => !isTruthy(value),
  }),
];
