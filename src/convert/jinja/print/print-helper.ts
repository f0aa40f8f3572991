import { FUNCTIONS } from '../../../language/functions/function-table.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, type Operator, type SwarmExpression, typeOf } from '../swarm-expression.ts';
import { OPERATOR_HELPERS, toEntryCalls } from './entry-calls.ts';
import { guardMissing } from './guard-missing.ts';

/** Where an expression stands in a template. */
export interface TemplateScope {
  /** Names of block parameters. */
  readonly locals: ReadonlySet<string>;
  /** Inside `{{#each}}`, where a name of the scope is written `@root.name`. */
  readonly inEach: boolean;
}

export const TOP_PLACE: TemplateScope = { locals: new Set(), inEach: false };

/** Characters that end a name in Handlebars. */
const PLAIN_SEGMENT = /^[^\s!"#%&'()*+,./;<=>@[\\\]^`{|}~]+$/;
const KEYWORDS = new Set(['true', 'false', 'null', 'undefined', 'this', 'as']);

/** An expression as it stands in `{{ … }}`: a path, a literal, or a helper with its values. */
export function printHelper(expression: SwarmExpression, place: TemplateScope = TOP_PLACE): string {
  const text = print(guardMissing(expression), place);
  if (text === '(list)' || text === '(dict)') return text === '(list)' ? 'from_json "[]"' : 'from_json "{}"'; // {{ list }} is a variable
  return text.startsWith('(') ? text.slice(1, -1) : text;
}

/** The same inside another helper or a block: `(eq a b)`. */
export const printOperand = (expression: SwarmExpression, place: TemplateScope = TOP_PLACE): string =>
  print(guardMissing(expression), place);

function print(expression: SwarmExpression, place: TemplateScope): string {
  const helper = (name: string, ...args: readonly SwarmExpression[]): string =>
    `(${[name, ...args.map((arg) => print(arg, place))].join(' ')})`;
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? printText(expression.value) : String(expression.value);
    case 'name':
    case 'field':
    case 'index':
      return printPath(expression, place) ?? printAccess(expression, place);
    case 'call':
      if (!FUNCTIONS.has(expression.name)) return rejectConversion(`a template has no function ${expression.name}`);
      return helper(expression.name, ...expression.args);
    case 'operation':
      return printOperation(expression, helper);
    case 'not':
      return expression.of.kind === 'operation' && expression.of.op === '=='
        ? helper('ne', expression.of.left, expression.of.right)
        : helper('not', expression.of);
    case 'negative':
      return expression.of.kind === 'literal' ? `-${expression.of.value}` : helper('subtract', literal(0), expression.of);
    case 'choice':
      return helper('ternary', expression.test, expression.yes, expression.no);
    case 'list':
      return expression.items.length === 0 ? '(list)' : helper('list', ...expression.items);
    case 'mapping':
      return expression.entries.length === 0 ? '(dict)' : helper('dict', ...expression.entries.flat());
    case 'each':
      return print(toEntryCalls(expression), place);
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
const withoutString = (expression: SwarmExpression): SwarmExpression =>
  expression.kind === 'call' && expression.name === 'string' ? (expression.args[0] ?? expression) : expression;

/** The parts of `a + b + c`. */
const chain = (op: Operator, expression: SwarmExpression): readonly SwarmExpression[] =>
  expression.kind === 'operation' && expression.op === op ? [...chain(op, expression.left), ...chain(op, expression.right)] : [expression];

/** A text in the quotes that it does not hold itself. Handlebars has no escapes, but it skips a quote after a backslash. */
function printText(text: string): string {
  const marked = text.replace(/"[\s\S]*'|'[\s\S]*"/.test(text) ? /\\(?=["']|$)/g : /\\$/, '\\|');
  if (marked !== text)
    return text.includes('|') ? rejectConversion('a text with a backslash before a quote') : `(replace ${printText(marked)} "|" "")`;
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  return `(concat ${text
    .split(/(")/)
    .filter((part) => part !== '')
    .map((part) => (part === '"' ? `'"'` : `"${part}"`))
    .join(' ')})`;
}

/** `a.b.[c d]`; undefined where a part of it is computed. */
function printPath(expression: SwarmExpression, place: TemplateScope): string | undefined {
  if (expression.kind === 'name') {
    if (expression.name.startsWith('@')) return expression.name;
    const isLocal = place.locals.has(expression.name);
    return place.inEach && !isLocal ? `@root.${expression.name}` : KEYWORDS.has(expression.name) ? `[${expression.name}]` : expression.name;
  }
  const key =
    expression.kind === 'field'
      ? expression.name
      : expression.kind === 'index' && expression.key.kind === 'literal'
        ? expression.key.value
        : undefined;
  if ((expression.kind !== 'field' && expression.kind !== 'index') || key === undefined || key === null) return undefined;
  const outer = printPath(expression.of, place);
  if (outer === undefined || String(key).includes(']')) return undefined;
  return `${outer}.${typeof key === 'string' && PLAIN_SEGMENT.test(key) && !/^\d/.test(key) ? key : `[${key}]`}`;
}

function printAccess(expression: SwarmExpression, place: TemplateScope): string {
  if (expression.kind === 'field') return `(get ${print(expression.of, place)} ${printText(expression.name)})`;
  if (expression.kind !== 'index') return rejectConversion('a template cannot express this');
  const { of, key } = expression;
  if (key.kind === 'negative' && key.of.kind === 'literal' && key.of.value === 1) return `(last ${print(of, place)})`;
  if (key.kind === 'literal' && key.value === 0) return `(first ${print(of, place)})`;
  return `(get ${print(of, place)} ${print(key, place)})`;
}
