import type { Json } from '../../core/json-value.ts';

/** An expression of swarm before it is printed, as CEL or as helpers of a template. */
export type SwarmExpression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly isDouble?: true }
  | { readonly kind: 'name'; readonly name: string; readonly type: ValueType; readonly mayBeNull?: true }
  | { readonly kind: 'field'; readonly of: SwarmExpression; readonly name: string; readonly type: ValueType }
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
export function typeOf(target: SwarmExpression): ValueType {
  switch (target.kind) {
    case 'literal':
      return target.value === null ? 'any' : typeOfJson(target.value);
    case 'name':
    case 'field':
    case 'call':
      return target.type;
    case 'not':
      return 'bool';
    case 'negative':
      return 'number';
    case 'operation': {
      if (BOOL_OPERATORS.has(target.op)) return 'bool';
      if (target.op !== '+') return 'number';
      const [left, right] = [typeOf(target.left), typeOf(target.right)];
      return left === 'any' ? right : left;
    }
    case 'choice':
      return typeOf(target.yes) === typeOf(target.no) ? typeOf(target.yes) : 'any';
    case 'list':
      return 'list';
    case 'mapping':
      return 'mapping';
    case 'each':
      return target.how === 'all' || target.how === 'exists' ? 'bool' : 'list';
    default:
      return 'any';
  }
}

/** The type of a value that a project defines. */
export function typeOfJson(value: Json): ValueType {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'any';
  if (typeof value === 'string') return 'text';
  return ({ object: 'mapping', boolean: 'bool', number: 'number' } as const)[typeof value as 'object' | 'boolean' | 'number'];
}

/** Jinja takes any value for a condition; an expression of swarm takes true and false. A value of unknown type stays as it is. */
export function toCondition(target: SwarmExpression): SwarmExpression {
  if (target.kind === 'operation' && (target.op === '&&' || target.op === '||'))
    return operation(target.op, toCondition(target.left), toCondition(target.right));
  if (target.kind === 'not') return not(toCondition(target.of));
  if (target.kind === 'literal') return literal(Boolean(target.value));
  if (target.kind === 'call' && target.name === 'regex_search') return call('matches', target.args, 'bool');
  switch (typeOf(target)) {
    case 'text':
      return operation('!=', withoutNull(target, literal('')), literal(''));
    case 'list':
      return operation('>', call('size', [withoutNull(target, { kind: 'list', items: [] })], 'number'), literal(0));
    case 'mapping':
      return operation('>', call('size', [withoutNull(target, { kind: 'mapping', entries: [] })], 'number'), literal(0));
    case 'number':
      return operation('!=', withoutNull(target, literal(0)), literal(0));
    case 'bool':
      return withoutNull(target, literal(false));
    default:
      return target;
  }
}

/** A variable that may be null, which is false in Jinja. */
const withoutNull = (target: SwarmExpression, empty: SwarmExpression): SwarmExpression =>
  target.kind === 'name' && target.mayBeNull === true ? call('default', [target, empty], typeOf(target)) : target;

/** `a.b.c` as one text, for comparing; undefined for anything but a path. */
export function pathOf(target: SwarmExpression): string | undefined {
  if (target.kind === 'name') return target.name;
  if (target.kind === 'field') {
    const outer = pathOf(target.of);
    return outer === undefined ? undefined : `${outer}.${target.name}`;
  }
  if (target.kind === 'index' && target.key.kind === 'literal') {
    const outer = pathOf(target.of);
    return outer === undefined ? undefined : `${outer}.${String(target.key.value)}`;
  }
  return undefined;
}
