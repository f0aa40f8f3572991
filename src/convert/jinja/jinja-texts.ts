import { rejectConversion } from '../not-convertible.ts';
import { call, isPrintedOtherwise, literal, operation, type SwarmExpression, typeOf } from './swarm-expression.ts';

const PYTHON_WORDS: ReadonlyMap<unknown, string> = new Map([
  [null, 'None'],
  [true, 'True'],
  [false, 'False'],
]);

/** A value as text, as `~` and `string` read it. */
export function asText(expression: SwarmExpression): SwarmExpression {
  if (expression.kind === 'literal') return literal(PYTHON_WORDS.get(expression.value) ?? String(expression.value));
  if (typeOf(expression) === 'text' || isPath(expression)) return expression;
  return asPython(expression) ?? call('string', [expression], 'text');
}

/** True, False, a list or a mapping as Ansible prints it; undefined for what swarm prints in the same way. */
export function asPython(expression: SwarmExpression): SwarmExpression | undefined {
  const type = typeOf(expression);
  if (type === 'bool' && !varies(expression)) return { kind: 'choice', test: expression, yes: literal('True'), no: literal('False') };
  return type === 'list' || type === 'mapping' || varies(expression) ? call('python', [expression], 'text') : undefined;
}

/** Whether a value may be true, false, a list or a mapping in one place and something else in another. */
function varies(expression: SwarmExpression): boolean {
  if (expression.kind === 'name' || expression.kind === 'field') return expression.varies === true;
  const values = expression.kind === 'choice' ? [expression.yes, expression.no] : isDefault(expression) ? expression.args.slice(0, 2) : [];
  const types = values.map(typeOf);
  const hasBoth = types.some(isPrintedOtherwise) && types.some((type) => type !== types[0]);
  return hasBoth || values.some(varies);
}

const isDefault = (expression: SwarmExpression): expression is Extract<SwarmExpression, { kind: 'call' }> =>
  expression.kind === 'call' && expression.name === 'default';

/** A variable whose name says that it is a path, which is not a number. */
const isPath = (expression: SwarmExpression): boolean =>
  (expression.kind === 'name' || expression.kind === 'field') &&
  typeOf(expression) === 'any' &&
  /(?:^|_)(?:dir|directory|folder|path|home|prefix)$/i.test(expression.name);

/** Values one after the other, as text. */
export function joinTexts(parts: readonly SwarmExpression[]): SwarmExpression {
  const [first = literal(''), ...others] = parts.map(asText);
  return others.reduce((left, right) => operation('+', left, right), first);
}

/** `"%s and %d" % (a, b)`. A format with widths is one of the function `format`. */
export function formatText(format: SwarmExpression, values: readonly SwarmExpression[]): SwarmExpression {
  const text = format.kind === 'literal' && typeof format.value === 'string' ? format.value : undefined;
  if (text === undefined || text.replace(/%%|%[sd]/g, '').includes('%')) return call('format', [format, ...values], 'text');
  const parts: SwarmExpression[] = [];
  let next = 0;
  for (const piece of text.split(/(%%|%[sd])/)) {
    if (piece === '%%') parts.push(literal('%'));
    else if (piece === '%s' || piece === '%d') parts.push(values[next++] ?? rejectConversion('a format with too few values'));
    else if (piece !== '') parts.push(literal(piece));
  }
  if (next < values.length) rejectConversion('a format with too many values');
  return joinTexts(parts);
}
