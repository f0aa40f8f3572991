import type { ASTNode } from '@marcbachmann/cel-js';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Expr } from '../../core/playbook/step-model.ts';
import type { Span } from '../../core/span.ts';
import { describeType } from '../describe-type.ts';
import { FunctionFault } from '../functions/language-function.ts';
import { findLookup } from '../functions/lookup-access.ts';
import { narrowSpan } from '../yaml/source-document.ts';
import { findBrokenName } from './broken-names.ts';
import { withLookup } from './cel-functions.ts';
import { fromCel, toCel } from './cel-values.ts';
import { readFieldPath, toCelName } from './cel-variables.ts';
import { describeMissingKey } from './lazy-mapping.ts';
import { compileExpression } from './parse-expression.ts';
import type { NameUse } from './scope-names.ts';
import { type CelError, isCelError } from './syntax-errors.ts';
import { isUnknownName, isUnknownValueError, unknownValueError } from './unknown-values.ts';

/** The value of an expression; whole numbers come back as numbers. Throws SW6014: undefined name, missing field, wrong type, and what a
 *  dry run does not know where the value depends on it. */
export function evaluateExpression(expr: Expr, scope: Vars): Json {
  try {
    const { run, names } = compileExpression(expr.source);
    for (const use of names) if (use.optional) assertKnown(use, scope, expr.at);
    const context: Record<string, unknown> = Object.create(null);
    for (const { name } of names) if (Object.hasOwn(scope, name)) context[toCelName(name)] ??= toCel(scope[name] ?? null);
    return fromCel(withLookup(findLookup(scope), () => run(context)));
  } catch (thrown) {
    if (!isCelError(thrown)) throw thrown;
    const missing = thrown.code === 'unknown_variable' ? missingName(thrown) : undefined;
    if (missing !== undefined && isUnknownName(scope, missing)) throw unknownValueError(missing, expr.at);
    const broken = missing === undefined ? undefined : findBrokenName(scope, missing);
    const { start = 0, end = expr.source.length } = thrown.range ?? {};
    const { message, hint } = broken ?? describeRuntimeError(thrown, expr, scope);
    throw new SwarmError('SW6014', message, { at: narrowSpan(expr.at, expr.source, start, end), hint });
  }
}

/** Throws where a dry run does not know whether a name that may be missing is there. */
function assertKnown({ name, fields }: NameUse, scope: Vars, at: Span): void {
  if (isUnknownName(scope, name)) throw unknownValueError(name, at);
  let value: Json | undefined = scope[name];
  for (const field of fields) {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.hasOwn(value, field)) return void describeMissingKey(value, field); // throws where a task not done may supply it
    value = (value as Vars)[field];
  }
}

const missingName = ({ summary }: CelError): string => summary.replace(/^Unknown variable: \$?/, '');

/** Whether all of the conditions are true; one that is neither true nor false is SW6014. */
export function allConditionsHold(exprs: readonly Expr[], scope: Vars): boolean {
  let unknown: SwarmError | undefined;
  for (const expr of exprs) {
    try {
      if (!conditionHolds(expr, scope)) return false; // also where another is unknown
    } catch (thrown) {
      if (!isUnknownValueError(thrown)) throw thrown;
      unknown ??= thrown;
    }
  }
  if (unknown !== undefined) throw unknown;
  return true;
}

function conditionHolds(expr: Expr, scope: Vars): boolean {
  const value = evaluateExpression(expr, scope);
  if (typeof value === 'boolean') return value;
  const hint = Array.isArray(value)
    ? 'Write: size(x) > 0'
    : typeof value === 'string'
      ? 'Write: bool(x) for yes and no, or x != "" for any text.'
      : 'Write a comparison, for example: x > 0';
  throw new SwarmError('SW6014', `a condition must be true or false, not ${describeType(value)}`, { at: expr.at, hint });
}

function describeRuntimeError(error: CelError, expr: Expr, scope: Vars): { readonly message: string; readonly hint?: string | undefined } {
  const { code, summary, node, cause } = error;
  if (cause instanceof FunctionFault) return { message: summary, hint: cause.hint };
  if (code === 'unknown_variable') {
    const name = missingName(error);
    const near = closestName(name, Object.keys(scope));
    return { message: `\`${name}\` is not defined`, hint: near === undefined ? undefined : `Did you mean \`${near}\`?` };
  }
  if (code === 'no_such_key' && node !== undefined) return describeMissingField(summary.replace('No such key: ', ''), node, expr, scope);
  if (code === 'no_such_overload') {
    const types = summary.replace('no such overload: ', '').replace(/\bdyn<(\w+)>/g, '$1');
    const hint = types === 'string in string' ? '`in` looks into lists and mappings. For a text write: contains(text, part)' : undefined;
    return { message: `these types do not fit together: \`${types}\``, hint };
  }
  return { message: summary.charAt(0).toLowerCase() + summary.slice(1) };
}

function describeMissingField(
  field: string,
  node: ASTNode,
  expr: Expr,
  scope: Vars,
): { readonly message: string; readonly hint?: string | undefined } {
  const isAccess = node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]';
  const value = isAccess ? evaluatePart(expr, node.args[0] as ASTNode, scope) : undefined;
  const described = describeMissingKey(value, field);
  if (described !== undefined) return described;
  const target = node.op === '.' ? readFieldPath(node.args[0]) : undefined;
  if (target === undefined || typeof value !== 'object' || value === null) return { message: `there is no field \`${field}\`` };
  const near = closestName(field, Object.keys(value));
  const fields = Object.keys(value).slice(0, 12).join(', ');
  return {
    message: `\`${target.join('.')}\` has no field \`${field}\``,
    hint:
      near !== undefined
        ? `Did you mean \`${near}\`?`
        : fields === ''
          ? undefined
          : `Use one of its fields: ${fields}. Where it may be missing, write: default(${target.join('.')}.${field}, "")`,
  };
}

/** The value of a part of an expression; undefined where it needs a name that the expression itself defines. */
function evaluatePart({ source, at }: Expr, { start, end }: ASTNode, scope: Vars): Json | undefined {
  try {
    return evaluateExpression({ source: source.slice(start, end), at }, scope);
  } catch {
    return undefined;
  }
}
