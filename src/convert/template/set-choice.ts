import { parseJinja } from '../jinja/parse-jinja.ts';
import { literal, type SwarmExpression, toCondition } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { type Scope, withLocal } from './template-scope.ts';
import type { Branch, Part } from './template-tree.ts';
import { toTemplateCondition } from './write-value.ts';

type IfPart = Extract<Part, { kind: 'if' }>;

/** The condition of a branch; `else` is always true. */
export const conditionOf = ({ test }: Branch, { translation }: Scope): SwarmExpression =>
  test === undefined ? literal(true) : toTemplateCondition(translate(parseJinja(test), translation, true));

/** The bodies of all branches, without the blanks between their parts. */
export const bodiesOf = ({ branches, otherwise }: IfPart): readonly (readonly Part[])[] =>
  [...branches, ...(otherwise === undefined ? [] : [otherwise])].map(({ body }) =>
    body.filter((each) => !(each.kind === 'text' && each.text.trim() === '')),
  );

/** Whether a body does nothing but set one name. */
export const isOneSet = (body: readonly Part[]): boolean => body.length === 1 && body[0]?.kind === 'set';

/** An `if` that only sets one name, in each branch: a choice between the values. */
export function toChoice(part: IfPart, scope: Scope): Scope {
  const sets = bodiesOf(part).map(([each]) => (each?.kind === 'set' ? each : rejectConversion('{% set %} in an if')));
  const name = sets[0]?.name ?? '';
  if (sets.some((each) => each.name !== name)) rejectConversion('{% set %} of several names in an if');
  const values = sets.map((each) => translate(each.value, scope.translation));
  const otherwise = part.otherwise === undefined ? (scope.translation.locals.get(name) ?? literal(null)) : (values.at(-1) ?? literal(null));
  const chosen = part.branches.reduceRight<SwarmExpression>(
    (no, branch, i) => ({ kind: 'choice', test: toCondition(conditionOf(branch, scope)), yes: values[i] ?? literal(null), no }),
    otherwise,
  );
  return withLocal(scope, name, chosen);
}
