import { rejectConversion } from '../not-convertible.ts';
import { call, literal, operation, type SwarmExpression, typeOf } from './swarm-expression.ts';

/** A value as text, as `~` and `string` read it. */
export function asText(expression: SwarmExpression): SwarmExpression {
  if (expression.kind === 'literal')
    return literal(
      expression.value === null
        ? 'None'
        : expression.value === true
          ? 'True'
          : expression.value === false
            ? 'False'
            : String(expression.value),
    );
  return typeOf(expression) === 'text' ? expression : call('string', [expression], 'text');
}

/** Values one after the other, as text. */
export function joinTexts(parts: readonly SwarmExpression[]): SwarmExpression {
  const [first = literal(''), ...others] = parts.map(asText);
  return others.reduce((left, right) => operation('+', left, right), first);
}

/** `"%s and %d" % (a, b)`. */
export function formatText(format: string | undefined, values: readonly SwarmExpression[]): SwarmExpression {
  if (format === undefined) return rejectConversion('a format that is computed');
  const parts: SwarmExpression[] = [];
  let next = 0;
  for (const piece of format.split(/(%%|%[sd]|%)/)) {
    if (piece === '%%') parts.push(literal('%'));
    else if (piece === '%s' || piece === '%d') parts.push(values[next++] ?? rejectConversion('a format with too few values'));
    else if (piece === '%') rejectConversion('a format with other than %s and %d');
    else if (piece !== '') parts.push(literal(piece));
  }
  if (next < values.length) rejectConversion('a format with too many values');
  return joinTexts(parts);
}
