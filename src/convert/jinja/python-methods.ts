import { ownValue } from '../../core/own-value.ts';
import { rejectConversion } from '../not-convertible.ts';
import { formatBraces } from './python-format.ts';
import { call, literal, operation, type SwarmExpression, typeOf, type ValueType } from './swarm-expression.ts';
import { literalText, literalValue, type SwarmArgs } from './translation.ts';

type Method = (input: SwarmExpression, args: readonly SwarmExpression[]) => SwarmExpression;

/** `x.NAME(...)` of Python. Throws NotConvertible for a method that swarm has no function for. */
export function callMethod(input: SwarmExpression, name: string, { args, named }: SwarmArgs): SwarmExpression {
  if (name === 'format') return formatBraces(literalText(input), { args, named });
  if (Object.keys(named).length > 0) return rejectConversion(`.${name}() with names`);
  const found = ownValue(METHODS, name);
  if (found === undefined) return rejectConversion(`the method .${name}() of Python`);
  const { least, most, method } = found;
  if (args.length < least) return rejectConversion(`.${name}() without a value`);
  if (args.length > most) return rejectConversion(`.${name}() with ${args.length} values`);
  return method(input, args);
}

/** A method that is a function of swarm with the same values. */
const same = (name: string, type: ValueType, count = 0) => ({
  least: count,
  most: count,
  method: (input: SwarmExpression, args: readonly SwarmExpression[]) => call(name, [input, ...args], type),
});

/** A method without values that says whether a pattern matches. */
const matching = (pattern: string) => ({ least: 0, most: 0, method: (input: SwarmExpression) => matches(input, pattern) });

const matches = (input: SwarmExpression, pattern: string): SwarmExpression => call('matches', [input, literal(pattern)], 'bool');

/** A method that takes characters off: white space, or those that are named. */
const stripping = (pattern: (characters: string) => string) => ({
  least: 0,
  most: 1,
  method: (input: SwarmExpression, [characters]: readonly SwarmExpression[]) =>
    removeMatches(input, pattern(characters === undefined ? '\\s' : characterClass(characters))),
});

const removeMatches = (input: SwarmExpression, pattern: string): SwarmExpression =>
  call('regex_replace', [input, literal(pattern), literal('')], 'text');

const METHODS: Readonly<Record<string, { readonly least: number; readonly most: number; readonly method: Method }>> = {
  lower: same('lower', 'text'),
  casefold: same('lower', 'text'),
  upper: same('upper', 'text'),
  title: { least: 0, most: 0, method: titleText },
  capitalize: same('capitalize', 'text'),
  strip: {
    least: 0,
    most: 1,
    method: (input, [characters]) =>
      characters === undefined
        ? call('trim', [input], 'text')
        : removeMatches(input, `^${characterClass(characters)}+|${characterClass(characters)}+$`),
  },
  lstrip: stripping((characters) => `^${characters}+`),
  rstrip: stripping((characters) => `${characters}+$`),
  removeprefix: { least: 1, most: 1, method: (input, args) => removeMatches(input, `^${escapePattern(needText(args[0]))}`) },
  removesuffix: { least: 1, most: 1, method: (input, args) => removeMatches(input, `${escapePattern(needText(args[0]))}$`) },
  split: { least: 0, most: 2, method: splitText },
  rsplit: { least: 0, most: 2, method: splitFromRight },
  partition: { least: 1, most: 1, method: (input, args) => splitOnce(input, needText(args[0]), 'first') },
  rpartition: { least: 1, most: 1, method: (input, args) => splitOnce(input, needText(args[0]), 'last') },
  splitlines: same('lines', 'list'),
  startswith: { least: 1, most: 1, method: (input, args) => hasOneEnd('startsWith', input, args[0]) },
  endswith: { least: 1, most: 1, method: (input, args) => hasOneEnd('endsWith', input, args[0]) },
  replace: same('replace', 'text', 2),
  join: { least: 1, most: 1, method: (input, args) => call('join', [...args, input], 'text') },
  count: { least: 1, most: 1, method: countPart },
  keys: same('keys', 'list'),
  values: same('values', 'list'),
  items: same('dict2items', 'list'),
  get: { least: 1, most: 2, method: (input, [key, otherwise]) => (key === undefined ? input : getField(input, key, otherwise)) },
  copy: { least: 0, most: 0, method: (input) => input },
  ljust: { least: 1, most: 1, method: (input, args) => padText(input, '-', args[0]) },
  rjust: { least: 1, most: 1, method: (input, args) => padText(input, '', args[0]) },
  isdigit: matching('^[0-9]+$'),
  isdecimal: matching('^[0-9]+$'),
  isnumeric: matching('^[0-9]+$'),
  isalpha: matching('^\\pL+$'),
  isalnum: matching('^[\\pL\\pN]+$'),
  isspace: matching('^\\s+$'),
  union: same('union', 'list', 1),
  difference: same('difference', 'list', 1),
  intersection: same('intersect', 'list', 1),
};

/** Python begins a word behind each character that is no letter, swarm behind white space. */
function titleText(input: SwarmExpression): SwarmExpression {
  if (/^[\p{L} ]*$/u.test(literalText(input) ?? '-')) return call('title', [input], 'text');
  return rejectConversion('.title() of Python, which begins a word behind each character that is no letter');
}

/** `x.endswith(('.yml', '.yaml'))` is true for one of them. */
function hasOneEnd(name: 'startsWith' | 'endsWith', input: SwarmExpression, part: SwarmExpression | undefined): SwarmExpression {
  const parts = part === undefined ? [] : part.kind === 'list' ? part.items : [part];
  const [first, ...more] = parts.map((each) => call(name, [input, each], 'bool'));
  return more.reduce<SwarmExpression>((all, each) => operation('||', all, each), first ?? literal(false));
}

const needText = (expression: SwarmExpression | undefined): string =>
  literalText(expression) ?? rejectConversion('a method of Python whose text is computed');

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The characters of a text, each of which a pattern may match. */
function characterClass(expression: SwarmExpression): string {
  const characters = needText(expression);
  return characters === ''
    ? rejectConversion('a method of Python that takes off no characters')
    : `[${characters.replace(/[\\\]^[-]/g, '\\$&')}]`;
}

/** Python counts how often it splits, swarm how many parts there are. */
function splitText(input: SwarmExpression, [separator, times]: readonly SwarmExpression[]): SwarmExpression {
  const limit = literalValue(times);
  if (times === undefined || limit === -1) return call('split', [input, ...(separator === undefined ? [] : [separator])], 'list');
  if (separator === undefined || literalValue(separator) === null) return rejectConversion('.split() of words, with a number');
  if (typeof limit !== 'number') return rejectConversion('.split() with a computed number');
  return call('split', [input, separator, literal(limit + 1)], 'list');
}

function splitFromRight(input: SwarmExpression, [separator, times]: readonly SwarmExpression[]): SwarmExpression {
  if (times === undefined || literalValue(times) === -1) return splitText(input, separator === undefined ? [] : [separator]);
  if (literalValue(times) !== 1) return rejectConversion('.rsplit() that splits more than once');
  const between = escapePattern(needText(separator));
  return call('default', [groups(input, `(?s)^(.*)${between}(.*)$`), { kind: 'list', items: [input] }], 'list');
}

/** What stands before a text, the text, and what stands behind it. */
function splitOnce(input: SwarmExpression, text: string, which: 'first' | 'last'): SwarmExpression {
  const before = which === 'first' ? '.*?' : '.*';
  const whole = which === 'first' ? [input, literal(''), literal('')] : [literal(''), literal(''), input];
  return call('default', [groups(input, `(?s)^(${before})(${escapePattern(text)})(.*)$`), { kind: 'list', items: whole }], 'list');
}

const groups = (input: SwarmExpression, pattern: string): SwarmExpression => call('regex_search', [input, literal(pattern)]);

/** How often a text has a part, or a list an entry. */
function countPart(input: SwarmExpression, [part = literal('')]: readonly SwarmExpression[]): SwarmExpression {
  const type = typeOf(input);
  if (type === 'text') return operation('-', call('size', [call('split', [input, part], 'list')], 'number'), literal(1));
  if (type !== 'list') return rejectConversion('.count() of what may be a text or a list');
  const name: SwarmExpression = { kind: 'name', name: 'each', type: 'any' };
  return call('size', [{ kind: 'each', how: 'filter', list: input, name: 'each', body: operation('==', name, part) }], 'number');
}

/** `x.ljust(20)` is `'%-20s' % x`. */
function padText(input: SwarmExpression, side: '-' | '', width: SwarmExpression | undefined): SwarmExpression {
  const columns = literalValue(width);
  if (typeof columns !== 'number') return rejectConversion('.ljust() or .rjust() with a computed width');
  return call('format', [literal(`%${side}${columns}s`), input], 'text');
}

function getField(input: SwarmExpression, key: SwarmExpression, otherwise: SwarmExpression | undefined): SwarmExpression {
  const name = literalText(key);
  const at: SwarmExpression = name === undefined ? { kind: 'index', of: input, key } : { kind: 'field', of: input, name, type: 'any' };
  return call('default', [at, otherwise ?? literal(null)], otherwise === undefined ? 'any' : typeOf(otherwise));
}
