import type { Json } from '../../../core/json-value.ts';
import { declareFunction, FunctionFault, type LanguageFunction, type Lookup, readField } from '../language-function.ts';
import { isTruthy } from '../logic-functions.ts';

type Call = (value: Json, more: readonly Json[], lookUp: Lookup | undefined) => Json;

/** Functions that call another function for each entry of a list. `find`: the function with a name. */
export function entryFunctions(find: (name: string) => LanguageFunction | undefined): readonly LanguageFunction[] {
  const bind = (name: string, more: readonly Json[]): Call => {
    const found = find(name) ?? fail(`knows no function \`${name}\``);
    const count = more.length + 1;
    if (count < found.minArgs || count > found.maxArgs) fail(`gives \`${name}\` ${count} values, which takes ${describeCount(found)}`);
    return (value, rest, lookUp) => found.call([value, ...rest], lookUp);
  };
  const isTrueFor = (entry: Json, field: string, test: string, values: readonly Json[], lookUp: Lookup | undefined): boolean => {
    const value = field === '.' ? entry : readField(entry, field);
    if (value === undefined && test !== 'defined' && test !== 'default') fail(`found an entry without the field \`${field}\``);
    return isTruthy(bind(test, values)(value ?? null, values, lookUp));
  };
  const params = { list: 'list', field: 'text', function: 'text', values: 'any...' } as const;
  return [
    declareFunction('apply', {
      params: { list: 'list', function: 'text', values: 'any...' },
      does: 'what a function makes of each entry; it gets the entry first, then the values. In expressions also `list.map(x, replace(x, "a", "b"))`',
      example: [
        [['a', 'b'], 'replace', 'a', 'c'],
        ['c', 'b'],
      ],
      call: ({ list, function: name, values }, lookUp) => list.map((entry) => bind(name, values)(entry, values, lookUp)),
    }),
    declareFunction('keep_if', {
      params,
      does: 'the entries for whose field a function returns true; the field `.` is the entry itself. In expressions also `list.filter(x, x.n > 1)`',
      example: [[[{ n: 1 }, { n: 2 }], 'n', 'gt', 1], [{ n: 2 }]],
      call: ({ list, field, function: test, values }, lookUp) => list.filter((entry) => isTrueFor(entry, field, test, values, lookUp)),
    }),
    declareFunction('drop_if', {
      params,
      does: 'the entries that `keep_if` leaves out',
      example: [
        [['a', '', 'b'], '.', 'eq', ''],
        ['a', 'b'],
      ],
      call: ({ list, field, function: test, values }, lookUp) => list.filter((entry) => !isTrueFor(entry, field, test, values, lookUp)),
    }),
    declareFunction('extract', {
      params: { keys: 'list', from: 'any', field: 'text?' },
      does: 'what a list or a mapping has for each key; with a field this field of it',
      example: [
        [['a', 'b'], { a: { n: 1 }, b: { n: 2 } }, 'n'],
        [1, 2],
      ],
      call: ({ keys, from, field }) => keys.map((key) => readEntry(from, key, field)),
    }),
  ];
}

const fail = (message: string): never => {
  throw new FunctionFault(message);
};

const describeCount = ({ minArgs, maxArgs }: LanguageFunction): string => (minArgs === maxArgs ? `${minArgs}` : `${minArgs} to ${maxArgs}`);

function readEntry(from: Json, key: Json, field: string | undefined): Json {
  const known = typeof key === 'string' || typeof key === 'number';
  const entry =
    known && typeof from === 'object' && from !== null && Object.hasOwn(from, key) ? (from as Record<string, Json>)[key] : undefined;
  if (entry === undefined) return fail(`found nothing for ${JSON.stringify(key)}`);
  return field === undefined ? entry : (readField(entry, field) ?? fail(`found an entry without the field \`${field}\``));
}
