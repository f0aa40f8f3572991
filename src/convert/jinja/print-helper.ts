import { FUNCTIONS } from '../../language/functions/function-table.ts';
import { rejectConversion } from '../not-convertible.ts';
import { call, literal, type Operator, pathOf, type SwarmExpression, typeOf } from './target-tree.ts';

/** Where an expression stands in a template. */
export interface TemplateScope {
  /** Names of block parameters. */
  readonly locals: ReadonlySet<string>;
  /** Inside `{{#each}}`, where a name of the scope is written `@root.name`. */
  readonly inEach: boolean;
}

export const TOP_PLACE: TemplateScope = { locals: new Set(), inEach: false };

const OPERATOR_HELPERS: Readonly<Record<Operator, string>> = {
  ...{ '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte', '&&': 'and', '||': 'or' },
  ...{ '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'modulo', in: 'contains' },
};
/** Characters that end a name in Handlebars. */
const PLAIN_SEGMENT = /^[^\s!"#%&'()*+,./;<=>@[\\\]^`{|}~]+$/;
const KEYWORDS = new Set(['true', 'false', 'null', 'undefined', 'this', 'as']);

/** An expression as it stands in `{{ … }}`: a path, a literal, or a helper with its values. */
export function printHelper(target: SwarmExpression, place: TemplateScope = TOP_PLACE): string {
  const text = print(guardMissing(target, new Set()), place);
  if (text === '(list)' || text === '(dict)') return text === '(list)' ? 'from_json "[]"' : 'from_json "{}"'; // {{ list }} is a variable
  return text.startsWith('(') ? text.slice(1, -1) : text;
}

/** The same inside another helper or a block: `(eq a b)`. */
export const printOperand = (target: SwarmExpression, place: TemplateScope = TOP_PLACE): string =>
  print(guardMissing(target, new Set()), place);

function print(target: SwarmExpression, place: TemplateScope): string {
  const helper = (name: string, ...args: readonly SwarmExpression[]): string =>
    `(${[name, ...args.map((arg) => print(arg, place))].join(' ')})`;
  switch (target.kind) {
    case 'literal':
      return typeof target.value === 'string' ? printText(target.value) : String(target.value);
    case 'name':
    case 'field':
    case 'index':
      return printPath(target, place) ?? printAccess(target, place);
    case 'call':
      if (!FUNCTIONS.has(target.name)) return rejectConversion(`a template has no function ${target.name}`);
      return helper(target.name, ...target.args);
    case 'operation':
      return printOperation(target, helper);
    case 'not':
      return target.of.kind === 'operation' && target.of.op === '=='
        ? helper('ne', target.of.left, target.of.right)
        : helper('not', target.of);
    case 'negative':
      return target.of.kind === 'literal' ? `-${target.of.value}` : helper('subtract', literal(0), target.of);
    case 'choice':
      return helper('ternary', target.test, target.yes, target.no);
    case 'list':
      return target.items.length === 0 ? '(list)' : helper('list', ...target.items);
    case 'mapping':
      return target.entries.length === 0 ? '(dict)' : helper('dict', ...target.entries.flat());
    case 'each':
      return rejectConversion('a template cannot apply an expression to each entry of a list');
    default:
      return rejectConversion('a template cannot express this');
  }
}

function printOperation(
  { op, left, right }: Extract<SwarmExpression, { kind: 'operation' }>,
  helper: (name: string, ...args: readonly SwarmExpression[]) => string,
): string {
  if (op === 'in') return helper('contains', right, left);
  if (op === '+' && (typeOf(left) === 'text' || typeOf(right) === 'text'))
    return helper('concat', ...[...chain('+', left), ...chain('+', right)].map(withoutString));
  if (op === '+' && (typeOf(left) === 'list' || typeOf(right) === 'list')) return helper('flatten', call('list', [left, right], 'list'));
  if (op === '&&' || op === '||') {
    const parts = [...chain(op, left), ...chain(op, right)];
    if (parts.length <= 3) return helper(OPERATOR_HELPERS[op], ...parts);
  }
  return helper(OPERATOR_HELPERS[op], left, right);
}

/** `concat` takes any value as text. */
const withoutString = (target: SwarmExpression): SwarmExpression =>
  target.kind === 'call' && target.name === 'string' ? (target.args[0] ?? target) : target;

/** The parts of `a + b + c`. */
const chain = (op: Operator, target: SwarmExpression): readonly SwarmExpression[] =>
  target.kind === 'operation' && target.op === op ? [...chain(op, target.left), ...chain(op, target.right)] : [target];

/** A text in the quotes that it does not hold itself: Handlebars has no escapes. */
function printText(text: string): string {
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  return `(concat ${text
    .split(/(")/)
    .filter((part) => part !== '')
    .map((part) => (part === '"' ? `'"'` : `"${part}"`))
    .join(' ')})`;
}

/** `a.b.[c d]`; undefined where a part of it is computed. */
function printPath(target: SwarmExpression, place: TemplateScope): string | undefined {
  if (target.kind === 'name') {
    if (target.name.startsWith('@')) return target.name;
    const isLocal = place.locals.has(target.name);
    return place.inEach && !isLocal ? `@root.${target.name}` : KEYWORDS.has(target.name) ? `[${target.name}]` : target.name;
  }
  const key =
    target.kind === 'field' ? target.name : target.kind === 'index' && target.key.kind === 'literal' ? target.key.value : undefined;
  if ((target.kind !== 'field' && target.kind !== 'index') || key === undefined || key === null) return undefined;
  const outer = printPath(target.of, place);
  if (outer === undefined || String(key).includes(']')) return undefined;
  return `${outer}.${typeof key === 'string' && PLAIN_SEGMENT.test(key) && !/^\d/.test(key) ? key : `[${key}]`}`;
}

function printAccess(target: SwarmExpression, place: TemplateScope): string {
  if (target.kind === 'field') return `(get ${print(target.of, place)} ${printText(target.name)})`;
  if (target.kind !== 'index') return rejectConversion('a template cannot express this');
  const { of, key } = target;
  if (key.kind === 'negative' && key.of.kind === 'literal' && key.of.value === 1) return `(last ${print(of, place)})`;
  if (key.kind === 'literal' && key.value === 0) return `(first ${print(of, place)})`;
  return `(get ${print(of, place)} ${print(key.kind === 'literal' ? literal(String(key.value)) : key, place)})`;
}

/** A helper gets all its values, so what Jinja does not read after `x is defined and` must be allowed to be missing. */
function guardMissing(target: SwarmExpression, guarded: ReadonlySet<string>): SwarmExpression {
  const isGuarded = (path: string): boolean => [...guarded].some((each) => path === each || path.startsWith(`${each}.`));
  const walk = (each: SwarmExpression): SwarmExpression => guardMissing(each, guarded);
  switch (target.kind) {
    case 'name':
    case 'field':
    case 'index': {
      const path = pathOf(target);
      if (path !== undefined && isGuarded(path)) return call('default', [target, literal(null)]);
      return target.kind === 'name'
        ? target
        : target.kind === 'field'
          ? { ...target, of: walk(target.of) }
          : { ...target, of: walk(target.of), key: walk(target.key) };
    }
    case 'call':
      if (target.name === 'default' || target.name === 'defined')
        return { ...target, args: target.args.map((arg, i) => (i === 0 ? arg : walk(arg))) };
      return { ...target, args: target.args.map(walk) };
    case 'operation': {
      const { op, left, right } = target;
      const known = op === '&&' ? impliedPaths(left, true) : op === '||' ? impliedPaths(left, false) : [];
      const inRight = known.length === 0 ? guarded : new Set([...guarded, ...known]);
      const guardedRight = guardMissing(right, inRight);
      // `defined(x) && x == "a"` is `x == "a"` where x may be missing
      if (op === '&&' && isDefinedCall(left) && known.length === 1 && impliesValue(right, known[0] ?? '')) return guardedRight;
      return { ...target, left: walk(left), right: guardedRight };
    }
    case 'not':
    case 'negative':
      return { ...target, of: walk(target.of) };
    case 'choice': {
      const yes = guardMissing(target.yes, new Set([...guarded, ...impliedPaths(target.test, true)]));
      const no = guardMissing(target.no, new Set([...guarded, ...impliedPaths(target.test, false)]));
      return { kind: 'choice', test: walk(target.test), yes, no };
    }
    case 'list':
      return { ...target, items: target.items.map(walk) };
    case 'mapping':
      return { ...target, entries: target.entries.map(([key, value]) => [walk(key), walk(value)] as const) };
    default:
      return target;
  }
}

const isDefinedCall = (target: SwarmExpression): boolean => target.kind === 'call' && target.name === 'defined';

/** Whether a condition that is true means that the path has a value: a comparison with a literal, or the value itself. */
const impliesValue = (target: SwarmExpression, path: string): boolean =>
  pathOf(target) === path ||
  (target.kind === 'operation' &&
    target.op === '==' &&
    pathOf(target.left) === path &&
    target.right.kind === 'literal' &&
    target.right.value !== null);

/** The paths that are there when a condition has this value. */
function impliedPaths(target: SwarmExpression, value: boolean): readonly string[] {
  if (target.kind === 'not') return impliedPaths(target.of, !value);
  if (target.kind === 'call' && target.name === 'defined') return value ? [pathOf(target.args[0] ?? literal(null)) ?? []].flat() : [];
  if (target.kind === 'operation' && target.op === (value ? '&&' : '||'))
    return [...impliedPaths(target.left, value), ...impliedPaths(target.right, value)];
  const path = value ? (pathOf(target) ?? pathOf(defaultedValue(target))) : undefined;
  return path === undefined ? [] : [path];
}

/** `x` of `default(x, "") != ""`. */
function defaultedValue(target: SwarmExpression): SwarmExpression {
  const isTest = target.kind === 'operation' && (target.op === '!=' || target.op === '>');
  const tested = isTest && target.left.kind === 'call' && target.left.name === 'size' ? target.left.args[0] : isTest ? target.left : target;
  return tested?.kind === 'call' && tested.name === 'default' && tested.args[0] !== undefined ? tested.args[0] : literal(null);
}
