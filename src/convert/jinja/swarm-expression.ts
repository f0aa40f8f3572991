import type { Json } from '../../core/json-value.ts';

/** An expression of swarm before it is printed, as CEL or as helpers of a template. */
export type SwarmExpression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly isDouble?: true }
  | { readonly kind: 'name'; readonly name: string; readonly type: ValueType; readonly mayBeNull?: true; readonly varies?: true }
  | { readonly kind: 'field'; readonly of: SwarmExpression; readonly name: string; readonly type: ValueType; readonly varies?: true }
  | { readonly kind: 'index'; readonly of: SwarmExpression; readonly key: SwarmExpression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly SwarmExpression[]; readonly type: ValueType }
  | { readonly kind: 'operation'; readonly op: Operator; readonly left: SwarmExpression; readonly right: SwarmExpression }
  | { readonly kind: 'not'; readonly of: SwarmExpression }
  | { readonly kind: 'negative'; readonly of: SwarmExpression }
  | { readonly kind: 'choice'; readonly test: SwarmExpression; readonly yes: SwarmExpression; readonly no: SwarmExpression }
  | { readonly kind: 'list'; readonly items: readonly SwarmExpression[] }
  | { readonly kind: 'mapping'; readonly entries: readonly (readonly [SwarmExpression, SwarmExpression])[] }
  /** `list.map(x, …)`, which only expressions have. */
  | {
      readonly kind: 'each';
      readonly how: 'map' | 'filter' | 'all' | 'exists';
      readonly list: SwarmExpression;
      readonly name: string;
      readonly body: SwarmExpression;
    };

export type Operator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | 'in';

/** What a value is, as far as the project shows it. */
export type ValueType = 'bool' | 'text' | 'number' | 'list' | 'mapping' | 'any';

/** A text, a number, true, false or null. */
export const literal = (value: string | number | boolean | null): SwarmExpression => ({ kind: 'literal', value });
/** A call of a function of swarm. */
export const call = (name: string, args: readonly SwarmExpression[], type: ValueType = 'any'): SwarmExpression => ({
  kind: 'call',
  name,
  args,
  type,
});
/** Two values with an operator between them. */
export const operation = (op: Operator, left: SwarmExpression, right: SwarmExpression): SwarmExpression => ({
  kind: 'operation',
  op,
  left,
  right,
});
/** The opposite of a condition. */
export const not = (of: SwarmExpression): SwarmExpression => (of.kind === 'not' ? of.of : { kind: 'not', of });

const BOOL_OPERATORS = new Set<Operator>(['==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in']);

/** The type of an expression; `any` where it depends on the hosts. */
export function typeOf(expression: SwarmExpression): ValueType {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null ? 'any' : typeOfJson(expression.value);
    case 'name':
    case 'field':
    case 'call':
      return expression.type;
    case 'not':
      return 'bool';
    case 'negative':
      return 'number';
    case 'operation': {
      if (BOOL_OPERATORS.has(expression.op)) return 'bool';
      if (expression.op !== '+') return 'number';
      const [left, right] = [typeOf(expression.left), typeOf(expression.right)];
      return left === 'any' ? right : left;
    }
    case 'choice':
      return typeOf(expression.yes) === typeOf(expression.no) ? typeOf(expression.yes) : 'any';
    case 'list':
      return 'list';
    case 'mapping':
      return 'mapping';
    case 'index':
      return expression.of.kind === 'name' && expression.of.name === 'groups' ? 'list' : 'any';
    case 'each':
      return expression.how === 'all' || expression.how === 'exists' ? 'bool' : 'list';
    default:
      return 'any';
  }
}

/** True for values that Python prints in another way than swarm. */
export const isPrintedOtherwise = (type: ValueType): boolean => type === 'bool' || type === 'list' || type === 'mapping';

/** The expressions that an expression is made of. */
export const partsOf = (expression: SwarmExpression): readonly SwarmExpression[] =>
  Object.values(expression)
    .flat(2)
    .filter((each: unknown): each is SwarmExpression => typeof each === 'object' && each !== null && 'kind' in each);

/** The type of a value that a project defines. */
export function typeOfJson(value: Json): ValueType {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'any';
  if (typeof value === 'string') return 'text';
  return ({ object: 'mapping', boolean: 'bool', number: 'number' } as const)[typeof value as 'object' | 'boolean' | 'number'];
}

/** `name | default(false)` of a text, a list or a number is true where the name has a value that is not empty. A value of unknown type may be
 *  false or a list, whatever the default is: `default(x, "", true) != ""`. */
function conditionOfDefault([of, otherwise, forEmpty]: readonly SwarmExpression[], whole: SwarmExpression): SwarmExpression {
  if (of === undefined || otherwise?.kind !== 'literal') return conditionOfValue(whole);
  const { value } = otherwise;
  if (typeof value === 'string' || typeof value === 'number')
    return typeOf(of) === typeOf(otherwise) ? conditionOfValue(whole) : conditionOfAny(of, otherwise, forEmpty);
  if (value !== false) return conditionOfValue(whole);
  const type = typeOf(of);
  const empty = { text: literal(''), number: literal(0), list: { kind: 'list', items: [] } as const }[type as 'text' | 'number' | 'list'];
  return conditionOfValue(empty === undefined ? whole : call('default', [of, empty], type));
}

function conditionOfAny(of: SwarmExpression, otherwise: SwarmExpression, forEmpty: SwarmExpression | undefined): SwarmExpression {
  if (otherwise.kind === 'literal' && !otherwise.value) return hasContent(of, otherwise);
  return hasContent(call('default', [of, otherwise, ...(forEmpty === undefined ? [] : [forEmpty])]));
}

/** Whether a value of any type is true for Jinja: it is there, and is not false, 0 or empty. */
export const hasContent = (value: SwarmExpression, empty: SwarmExpression = literal('')): SwarmExpression =>
  operation('!=', call('default', [value, empty, literal(true)]), empty);

/** Whether it is null where Ansible has false: what a filter of addresses does not find. */
export const isFoundOrNull = (expression: SwarmExpression): boolean =>
  expression.kind === 'call' && (expression.name === 'ipaddr' || expression.name === 'ipsubnet');

const conditionOfFound = (expression: SwarmExpression): SwarmExpression =>
  typeOf(expression) === 'list' ? conditionOfValue(expression) : hasContent(expression);

/** Jinja takes any value for a condition; an expression of swarm takes true and false. A value of unknown type stays as it is. */
export function toCondition(expression: SwarmExpression): SwarmExpression {
  if (expression.kind === 'operation' && (expression.op === '&&' || expression.op === '||'))
    return operation(expression.op, toCondition(expression.left), toCondition(expression.right));
  if (expression.kind === 'not') return not(toCondition(expression.of));
  if (expression.kind === 'choice') return { ...expression, yes: toCondition(expression.yes), no: toCondition(expression.no) };
  if (expression.kind === 'literal') return literal(Boolean(expression.value));
  if (expression.kind === 'call' && expression.name === 'default') return conditionOfDefault(expression.args, expression);
  if (isFoundOrNull(expression)) return conditionOfFound(expression);
  if (expression.kind === 'call' && expression.name === 'regex_search') return call('matches', expression.args, 'bool');
  return conditionOfValue(expression);
}

function conditionOfValue(expression: SwarmExpression): SwarmExpression {
  switch (typeOf(expression)) {
    case 'text':
      return operation('!=', withoutNull(expression, literal('')), literal(''));
    case 'list':
      return operation('>', call('size', [withoutNull(expression, { kind: 'list', items: [] })], 'number'), literal(0));
    case 'mapping':
      return operation('>', call('size', [withoutNull(expression, { kind: 'mapping', entries: [] })], 'number'), literal(0));
    case 'number':
      return operation('!=', withoutNull(expression, literal(0)), literal(0));
    case 'bool':
      return withoutNull(expression, literal(false));
    default:
      return expression;
  }
}

/** A variable that may be null, which is false in Jinja. */
const withoutNull = (expression: SwarmExpression, empty: SwarmExpression): SwarmExpression =>
  expression.kind === 'name' && expression.mayBeNull === true ? call('default', [expression, empty], typeOf(expression)) : expression;

/** `a.b.c` as one text, for comparing; undefined for anything but a path. */
export function pathOf(expression: SwarmExpression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind === 'field') {
    const outer = pathOf(expression.of);
    return outer === undefined ? undefined : `${outer}.${expression.name}`;
  }
  if (expression.kind === 'index' && expression.key.kind === 'literal') {
    const outer = pathOf(expression.of);
    return outer === undefined ? undefined : `${outer}.${String(expression.key.value)}`;
  }
  return undefined;
}
