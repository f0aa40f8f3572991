import { call, literal, pathOf, type SwarmExpression } from '../swarm-expression.ts';

/** A helper gets all its values, so what Jinja does not read after `x is defined and` must be allowed to be missing.
 *  `guarded`: the paths that may be missing. */
export function guardMissing(expression: SwarmExpression, guarded: ReadonlySet<string> = new Set()): SwarmExpression {
  const isGuarded = (path: string): boolean => [...guarded].some((each) => path === each || path.startsWith(`${each}.`));
  const walk = (each: SwarmExpression): SwarmExpression => guardMissing(each, guarded);
  switch (expression.kind) {
    case 'name':
    case 'field':
    case 'index': {
      const path = pathOf(expression);
      if (path !== undefined && isGuarded(path)) return call('default', [expression, literal(null)]);
      return expression.kind === 'name'
        ? expression
        : expression.kind === 'field'
          ? { ...expression, of: walk(expression.of) }
          : { ...expression, of: walk(expression.of), key: walk(expression.key) };
    }
    case 'call':
      if (expression.name === 'default' || expression.name === 'defined')
        return { ...expression, args: expression.args.map((arg, i) => (i === 0 ? arg : walk(arg))) };
      return { ...expression, args: expression.args.map(walk) };
    case 'operation': {
      const { op, left, right } = expression;
      const known = op === '&&' ? impliedPaths(left, true) : op === '||' ? impliedPaths(left, false) : [];
      const inRight = known.length === 0 ? guarded : new Set([...guarded, ...known]);
      const guardedRight = guardMissing(right, inRight);
      // `defined(x) && x == "a"` is `x == "a"` where x may be missing
      if (op === '&&' && isDefinedCall(left) && known.length === 1 && impliesValue(right, known[0] ?? '')) return guardedRight;
      return { ...expression, left: walk(left), right: guardedRight };
    }
    case 'not':
    case 'negative':
      return { ...expression, of: walk(expression.of) };
    case 'choice': {
      const yes = guardMissing(expression.yes, new Set([...guarded, ...impliedPaths(expression.test, true)]));
      const no = guardMissing(expression.no, new Set([...guarded, ...impliedPaths(expression.test, false)]));
      return { kind: 'choice', test: walk(expression.test), yes, no };
    }
    case 'list':
      return { ...expression, items: expression.items.map(walk) };
    case 'mapping':
      return { ...expression, entries: expression.entries.map(([key, value]) => [walk(key), walk(value)] as const) };
    default:
      return expression;
  }
}

const isDefinedCall = (expression: SwarmExpression): boolean => expression.kind === 'call' && expression.name === 'defined';

/** Whether a condition that is true means that the path has a value: a comparison with a literal, or the value itself. */
const impliesValue = (expression: SwarmExpression, path: string): boolean =>
  pathOf(expression) === path ||
  (expression.kind === 'operation' &&
    expression.op === '==' &&
    pathOf(expression.left) === path &&
    expression.right.kind === 'literal' &&
    expression.right.value !== null);

/** The paths that are there when a condition has this value. */
function impliedPaths(expression: SwarmExpression, value: boolean): readonly string[] {
  if (expression.kind === 'not') return impliedPaths(expression.of, !value);
  if (expression.kind === 'call' && expression.name === 'defined')
    return value ? [pathOf(expression.args[0] ?? literal(null)) ?? []].flat() : [];
  if (expression.kind === 'operation' && expression.op === (value ? '&&' : '||'))
    return [...impliedPaths(expression.left, value), ...impliedPaths(expression.right, value)];
  const path = value ? (pathOf(expression) ?? pathOf(defaultedValue(expression))) : undefined;
  return path === undefined ? [] : [path];
}

/** `x` of `default(x, "") != ""`. */
function defaultedValue(expression: SwarmExpression): SwarmExpression {
  const isTest = expression.kind === 'operation' && (expression.op === '!=' || expression.op === '>');
  const tested =
    isTest && expression.left.kind === 'call' && expression.left.name === 'size'
      ? expression.left.args[0]
      : isTest
        ? expression.left
        : expression;
  return tested?.kind === 'call' && tested.name === 'default' && tested.args[0] !== undefined ? tested.args[0] : literal(null);
}
