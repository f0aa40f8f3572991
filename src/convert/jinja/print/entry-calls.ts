import { FUNCTIONS } from '../../../language/functions/function-table.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { call, literal, type Operator, partsOf, type SwarmExpression, typeOf } from '../swarm-expression.ts';

type Each = Extract<SwarmExpression, { kind: 'each' }>;

/** The functions that stand for operators in a template. */
export const OPERATOR_HELPERS: Readonly<Record<Operator, string>> = {
  ...{ '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte', '&&': 'and', '||': 'or' },
  ...{ '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'modulo', in: 'contains' },
};
/** `list.map(x, …)` and `list.filter(x, …)` as calls of functions, for a template. Throws NotConvertible for what no chain of functions says. */
export function toEntryCalls(each: Each): SwarmExpression {
  const { how, list, name, body } = each;
  if (how === 'map') return mapCalls(list, name, body);
  if (how === 'filter') return filterCalls(list, name, body, true);
  const kept = filterCalls(list, name, body, how === 'exists');
  return { kind: 'operation', op: how === 'exists' ? '>' : '==', left: call('size', [kept], 'number'), right: literal(0) };
}

const refuse = (): never => rejectConversion('a template cannot apply this expression to each entry of a list');

/** Whether an expression names the entry. */
function usesEntry(expression: SwarmExpression, name: string): boolean {
  if (expression.kind === 'name') return expression.name === name;
  return partsOf(expression).some((part) => usesEntry(part, name));
}

function mapCalls(list: SwarmExpression, name: string, body: SwarmExpression): SwarmExpression {
  if (body.kind === 'name' && body.name === name) return list;
  const field = fieldOfEntry(body, name);
  if (field !== undefined) return call('map', [list, literal(field)], 'list');
  const extracted = extractCall(list, name, body);
  if (extracted !== undefined) return extracted;
  const { fn, subject, values } = readCall(body, name);
  const path = fn === 'default' ? fieldOfEntry(subject, name) : undefined;
  if (path !== undefined) return call('apply', [list, literal('get'), literal(path), ...values], 'list');
  return call('apply', [mapCalls(list, name, subject), literal(fn), ...values], 'list');
}

/** `a.b` of `entry.a.b`. */
function fieldOfEntry(body: SwarmExpression, name: string): string | undefined {
  if (body.kind !== 'field' || body.name.includes('.')) return undefined;
  if (body.of.kind === 'name' && body.of.name === name) return body.name;
  const outer = fieldOfEntry(body.of, name);
  return outer === undefined ? undefined : `${outer}.${body.name}`;
}

/** `from[entry].a`: what a mapping has for the entry. */
function extractCall(list: SwarmExpression, name: string, body: SwarmExpression): SwarmExpression | undefined {
  const path: string[] = [];
  let inner = body;
  for (; inner.kind === 'field'; inner = inner.of) path.unshift(inner.name);
  if (inner.kind !== 'index' || usesEntry(inner.of, name) || inner.key.kind !== 'name' || inner.key.name !== name) return undefined;
  return call('extract', [list, inner.of, ...(path.length === 0 ? [] : [literal(path.join('.'))])], 'list');
}

function filterCalls(list: SwarmExpression, name: string, body: SwarmExpression, keeps: boolean): SwarmExpression {
  if (body.kind === 'not') return filterCalls(list, name, body.of, !keeps);
  if (body.kind === 'operation' && body.op === (keeps ? '&&' : '||'))
    return filterCalls(filterCalls(list, name, body.left, keeps), name, body.right, keeps);
  const tested = contentOf(body);
  const field = fieldOfEntry(tested, name) ?? (tested.kind === 'name' && tested.name === name ? '.' : undefined);
  if (field !== undefined) return call(keeps ? 'drop_if' : 'keep_if', [list, literal(field), literal('not')], 'list');
  const { fn, subject, values } = readCall(body, name);
  const chosen = keeps ? 'keep_if' : 'drop_if';
  const of = subject.kind === 'name' ? '.' : fieldOfEntry(subject, name);
  if (of !== undefined) return call(chosen, [list, literal(of), literal(fn), ...values], 'list');
  const pairs = call('zip', [list, mapCalls(list, name, subject)], 'list'); // of each entry and what the condition asks of it
  return call('map', [call(chosen, [pairs, literal('1'), literal(fn), ...values], 'list'), literal('0')], 'list');
}

/** The value of which a condition asks whether it is true for Jinja; the condition itself for any other. */
const contentOf = (body: SwarmExpression): SwarmExpression =>
  body.kind === 'operation' && body.op === '!=' && body.left.kind === 'call' && body.left.name === 'default' && body.left.args.length === 3
    ? (body.left.args[0] ?? body)
    : body;

/** The function of a call whose first value is made of the entry, and its other values. */
function readCall(
  body: SwarmExpression,
  name: string,
): { readonly fn: string; readonly subject: SwarmExpression; readonly values: readonly SwarmExpression[] } {
  const [fn, [subject, ...values]] = readParts(body, name);
  if (subject === undefined || !usesEntry(subject, name) || values.some((each) => usesEntry(each, name)) || !FUNCTIONS.has(fn))
    return refuse();
  return { fn, subject, values };
}

function readParts(body: SwarmExpression, name: string): readonly [fn: string, values: readonly SwarmExpression[]] {
  switch (body.kind) {
    case 'call':
      return [body.name, body.args];
    case 'not':
      return ['not', [body.of]];
    case 'choice':
      return ['ternary', [body.test, body.yes, body.no]];
    case 'index':
      return ['get', [body.of, body.key.kind === 'literal' ? literal(String(body.key.value)) : body.key]];
    case 'operation': {
      const { op, left, right } = body;
      if (op === 'in') return usesEntry(left, name) ? refuse() : ['contains', [right, left]];
      const isText = op === '+' && (typeOf(left) === 'text' || typeOf(right) === 'text');
      const isSwapped = !usesEntry(left, name) && (op === '==' || op === '!=');
      return [isText ? 'concat' : OPERATOR_HELPERS[op], isSwapped ? [right, left] : [left, right]];
    }
    default:
      return refuse();
  }
}
