import { joinTexts } from '../jinja/jinja-texts.ts';
import { parseJinja } from '../jinja/parse/parse-jinja.ts';
import { literal, type SwarmExpression, toCondition } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { readFieldSet, readNamespace, setField } from './fields/field-sets.ts';
import type { Part } from './template-part.ts';
import { type Scope, withLocal } from './template-scope.ts';

type SetPart = Extract<Part, { kind: 'set' }>;

/** What the names mean after `{% set a = … %}`, `{% set a, b = … %}` or `{% set a %}…{% endset %}`. */
export function setNames(part: SetPart, scope: Scope): Scope {
  const { names, value, body } = part;
  const field = readFieldSet(part);
  if (field !== undefined) return setField(field, scope);
  const namespace = readNamespace(names[0] ?? '', value, scope);
  if (namespace !== undefined) return namespace;
  const whole = value === undefined ? textOfParts(body ?? [], scope) : translate(value, scope.translation);
  const [only = '', second] = names;
  if (second === undefined) return withLocal(scope, only, whole);
  return names.reduce((after, name, i) => withLocal(after, name, partOf(whole, i)), scope);
}

/** One of the values that several names get. An entry of `.items()` has a key and a value. */
function partOf(whole: SwarmExpression, i: number): SwarmExpression {
  if (whole.kind === 'list') return whole.items[i] ?? rejectConversion('{% set %} of more names than values');
  const list =
    whole.kind === 'index' ? whole.of : whole.kind === 'call' && ['first', 'last'].includes(whole.name) ? whole.args[0] : undefined;
  const isPair = list?.kind === 'call' && list.name === 'dict2items';
  return isPair
    ? { kind: 'field', of: whole, name: i === 0 ? 'key' : 'value', type: 'any' }
    : { kind: 'index', of: whole, key: literal(i) };
}

/** The text of parts as one value. */
function textOfParts(parts: readonly Part[], scope: Scope): SwarmExpression {
  let inner = scope;
  const texts: SwarmExpression[] = [];
  for (const part of parts) {
    if (part.kind === 'text') texts.push(literal(part.text));
    else if (part.kind === 'value') texts.push(translate(part.of, inner.translation));
    else if (part.kind === 'set') inner = setNames(part, inner);
    else if (part.kind === 'if') texts.push(textOfIf(part, inner));
    else if (part.kind !== 'comment') return rejectConversion('{% set %} of a text with blocks in it');
  }
  return texts.length === 0 ? literal('') : joinTexts(texts);
}

function textOfIf({ branches, otherwise }: Extract<Part, { kind: 'if' }>, scope: Scope): SwarmExpression {
  return branches.reduceRight<SwarmExpression>(
    (no, { test = '', body }) => ({
      kind: 'choice',
      test: toCondition(translate(parseJinja(test), scope.translation, true)),
      yes: textOfParts(body, scope),
      no,
    }),
    textOfParts(otherwise?.body ?? [], scope),
  );
}
