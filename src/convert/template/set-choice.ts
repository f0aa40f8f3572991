import { parseJinja } from '../jinja/parse/parse-jinja.ts';
import { literal, type SwarmExpression, toCondition } from '../jinja/swarm-expression.ts';
import { translate } from '../jinja/translate-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { setNames } from './set-names.ts';
import type { Branch, Part } from './template-part.ts';
import { type Scope, withLocal } from './template-scope.ts';
import { toTemplateCondition } from './write-value.ts';

type IfPart = Extract<Part, { kind: 'if' }>;

/** The condition of a branch; `else` is always true. */
export const conditionOf = ({ test }: Branch, { translation }: Scope): SwarmExpression =>
  test === undefined ? literal(true) : toTemplateCondition(translate(parseJinja(test), translation, true));

/** Whether parts do nothing but set names. */
export const isSilent = (body: readonly Part[]): boolean =>
  body.every(
    (part) => part.kind === 'set' || (part.kind === 'if' && [...part.branches, part.otherwise].every((each) => isSilent(each?.body ?? []))),
  );

/** What the names mean after parts that only set names. */
export const readSets = (body: readonly Part[], scope: Scope): Scope =>
  body.reduce((inner, part) => {
    if (part.kind === 'set') return setNames(part, inner);
    if (part.kind !== 'if') return rejectConversion('{% set %} in an if');
    const all = [...part.branches, ...(part.otherwise === undefined ? [] : [part.otherwise])];
    const scopes = all.map((branch) => readSets(branch.body, inner));
    return mergeScopes(part, inner, scopes);
  }, scope);

/** What the names mean after an `if`: a name that a branch sets is a choice between the values. `scopes`: after each branch, `else` last. */
export function mergeScopes(part: IfPart, before: Scope, scopes: readonly Scope[]): Scope {
  const names = new Set(
    scopes.flatMap(({ translation }) =>
      [...translation.locals].filter(([name, value]) => before.translation.locals.get(name) !== value).map(([name]) => name),
    ),
  );
  let after = before;
  for (const name of names) {
    const valueIn = (scope: Scope | undefined): SwarmExpression => scope?.translation.locals.get(name) ?? outerValue(name, before);
    const otherwise = part.otherwise === undefined ? outerValue(name, before) : valueIn(scopes.at(-1));
    const chosen = part.branches.reduceRight<SwarmExpression>(
      (no, branch, i) => ({ kind: 'choice', test: toCondition(conditionOf(branch, before)), yes: valueIn(scopes[i]), no }),
      otherwise,
    );
    after = withLocal(after, name, chosen);
  }
  return after;
}

/** What a name means where no branch set it: a variable of the project, or nothing. */
function outerValue(name: string, { translation }: Scope): SwarmExpression {
  const isKnown = translation.locals.has(name) || translation.types.has(name) || translation.registered.has(name);
  return isKnown ? translate({ kind: 'name', name }, translation) : literal(null);
}
