import { FUNCTIONS } from '../../language/functions/function-table.ts';
import { literal, not, operation, pathOf, type SwarmExpression, typeOf } from './swarm-expression.ts';
import { literalText, literalValue } from './translation.ts';

/** Facts that every host has. */
const SURE_FACTS = new Set(['user', 'home', 'hostname', 'arch', 'kernel', 'os_family', 'distribution'].map((each) => `facts.${each}`));

/** The same expression without what is already decided: a comparison of two literals, `x || false`, two texts side by side. */
export function simplify(expression: SwarmExpression): SwarmExpression {
  switch (expression.kind) {
    case 'field':
      return { ...expression, of: simplify(expression.of) };
    case 'index':
      return { ...expression, of: simplify(expression.of), key: simplify(expression.key) };
    case 'call':
      return simplifyCall({ ...expression, args: expression.args.map(simplify) });
    case 'operation':
      return simplifyOperation({ ...expression, left: simplify(expression.left), right: simplify(expression.right) });
    case 'not': {
      const of = simplify(expression.of);
      return isBool(of) ? literal(!of.value) : opposite(of);
    }
    case 'choice':
      return simplifyChoice(simplify(expression.test), simplify(expression.yes), simplify(expression.no));
    case 'list':
      return { ...expression, items: expression.items.map(simplify) };
    case 'mapping':
      return { ...expression, entries: expression.entries.map(([key, value]) => [simplify(key), simplify(value)] as const) };
    case 'each':
      return { ...expression, list: simplify(expression.list), body: simplify(expression.body) };
    default:
      return expression;
  }
}

type Literal = Extract<SwarmExpression, { kind: 'literal' }>;
const isBool = (expression: SwarmExpression): expression is Literal =>
  expression.kind === 'literal' && typeof expression.value === 'boolean';

/** A value that stands in the text. */
const isWritten = (expression: SwarmExpression): boolean =>
  expression.kind === 'literal' || expression.kind === 'list' || expression.kind === 'mapping';

function simplifyCall(expression: Extract<SwarmExpression, { kind: 'call' }>): SwarmExpression {
  const { name, args } = expression;
  const [first, second, third] = args;
  if (first === undefined) return expression;
  if (name === 'defined' && (isWritten(first) || SURE_FACTS.has(pathOf(first) ?? ''))) return literal(true);
  if (name === 'type_of' && isWritten(first))
    return literal(first.kind !== 'literal' ? first.kind : first.value === null ? 'null' : typeOf(first));
  if (name === 'default' && second !== undefined && third === undefined && pathOf(first) !== undefined && pathOf(first) === pathOf(second))
    return first;
  const values = args.map(literalText);
  if (name === 'version' && values.every((each) => each !== undefined)) return literal(FUNCTIONS.get(name)?.call(values) === true);
  return expression;
}

function simplifyOperation(expression: Extract<SwarmExpression, { kind: 'operation' }>): SwarmExpression {
  const { op, left, right } = expression;
  const [one, other] = [literalValue(left), literalValue(right)];
  if ((op === '==' || op === '!=') && one !== undefined && other !== undefined) return literal((one === other) === (op === '=='));
  if ((op === '==' || op === '!=') && left.kind === 'choice' && other !== undefined) {
    const same = compareChoice(left, other);
    if (same !== undefined) return op === '==' ? same : simplify(not(same));
  }
  if (op === '&&' || op === '||') {
    if (isBool(left)) return left.value === (op === '||') ? left : right;
    if (isBool(right)) return right.value === (op === '&&') ? left : right;
  }
  return op === '+' ? joinLiterals(left, right) : expression;
}

/** `(a ? "x" : "y") == "x"` is `a`. */
function compareChoice({ test, yes, no }: Extract<SwarmExpression, { kind: 'choice' }>, value: unknown): SwarmExpression | undefined {
  const [one, other] = [literalValue(yes), literalValue(no)];
  if (typeOf(test) !== 'bool' || one === undefined || other === undefined) return undefined;
  if ((one === value) === (other === value)) return literal(one === value);
  return one === value ? test : simplify(not(test));
}

/** `!(x != "")` is `x == ""`, and `!(size(x) > 0)` is `size(x) == 0`. */
function opposite(of: SwarmExpression): SwarmExpression {
  if (of.kind !== 'operation') return not(of);
  const isSize = of.op === '>' && literalValue(of.right) === 0 && of.left.kind === 'call' && of.left.name === 'size';
  if (of.op === '!=' || isSize) return { ...of, op: '==' };
  return of.op === '==' ? { ...of, op: '!=' } : not(of);
}

/** `x + "a" + "b"` is `x + "ab"`. */
function joinLiterals(left: SwarmExpression, right: SwarmExpression): SwarmExpression {
  if (
    right.kind === 'operation' &&
    right.op === '+' &&
    typeOf(right.left) === 'text' &&
    typeOf(right.right) === 'text' &&
    typeOf(left) === 'text'
  )
    return joinLiterals(joinLiterals(left, right.left), right.right);
  const text = literalText(right);
  if (text === undefined) return operation('+', left, right);
  const before = literalText(left);
  if (before !== undefined) return literal(before + text);
  if (left.kind === 'operation' && left.op === '+') {
    const last = literalText(left.right);
    if (last !== undefined) return operation('+', left.left, literal(last + text));
  }
  return operation('+', left, right);
}

/** A condition that is known leaves one value. `a and "b" or c` of Jinja is `a ? "b" : c`. */
function simplifyChoice(test: SwarmExpression, yes: SwarmExpression, no: SwarmExpression): SwarmExpression {
  if (isBool(test)) return test.value ? yes : no;
  if (isBool(yes) && isBool(no) && yes.value !== no.value && typeOf(test) === 'bool') return yes.value ? test : not(test);
  return { kind: 'choice', test, yes, no };
}
