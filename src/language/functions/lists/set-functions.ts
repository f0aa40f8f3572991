import type { Json } from '../../../core/json-value.ts';
import { declareFunction, isSameJson } from '../language-function.ts';

const isIn = (list: readonly Json[], value: Json): boolean => list.some((each) => isSameJson(each, value));

/** Entries without those that came before; texts and numbers are found by a set. */
function uniqueEntries(list: readonly Json[]): readonly Json[] {
  const simple = new Set<Json>();
  const others: Json[] = [];
  return list.filter((value) => {
    if (typeof value !== 'object' || value === null) return simple.has(value) ? false : simple.add(value) !== undefined;
    return isIn(others, value) ? false : others.push(value) > 0;
  });
}

/** Functions that take a list as a set: each entry counts once. */
export const setFunctions = [
  declareFunction('unique', {
    params: { list: 'list' },
    does: 'each entry once, in the order of its first appearance',
    example: [[['a', 'b', 'a']], ['a', 'b']],
    call: ({ list }) => uniqueEntries(list),
  }),
  declareFunction('union', {
    params: { list: 'list', other: 'list' },
    does: 'the entries of both lists, each once',
    example: [
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
    call: ({ list, other }) => uniqueEntries([...list, ...other]),
  }),
  declareFunction('intersect', {
    params: { list: 'list', other: 'list' },
    does: 'the entries that both lists have, each once',
    example: [
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['b'],
    ],
    call: ({ list, other }) => uniqueEntries(list.filter((each) => isIn(other, each))),
  }),
  declareFunction('difference', {
    params: { list: 'list', other: 'list' },
    does: 'the entries that the other list does not have, each once',
    example: [
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['a'],
    ],
    call: ({ list, other }) => uniqueEntries(list.filter((each) => !isIn(other, each))),
  }),
];
