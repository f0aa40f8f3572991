import type { ParseResult, TypeCheckResult } from '@marcbachmann/cel-js';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Expr } from '../../core/playbook/step-model.ts';
import type { Span } from '../../core/span.ts';
import { narrowSpan } from '../yaml/source-document.ts';
import { getCelEnvironment } from './cel-environment.ts';
import { bindFunctions } from './cel-functions.ts';
import { escapeTypeNames, listNameUses } from './cel-variables.ts';
import { findDeepNesting } from './expression-nesting.ts';
import { findJinjaHint } from './jinja-hints.ts';
import type { NameUse } from './scope-names.ts';
import { isCelError, type Locate, toSyntaxError } from './syntax-errors.ts';

interface CompiledExpression {
  readonly run: ParseResult;
  /** What the check of the types says; undefined until it was asked for. */
  checked: TypeCheckResult | undefined;
  readonly names: readonly NameUse[];
}

const MAX_CACHED = 2000;
const expressionCache = new Map<string, CompiledExpression>();

/** The expression, parsed once for each text. Throws what CEL throws. */
export function compileExpression(source: string): CompiledExpression {
  const cached = expressionCache.get(source);
  if (cached !== undefined) return cached;
  const cel = getCelEnvironment();
  const run = cel.parse(source);
  escapeTypeNames(run.ast);
  bindFunctions(cel, run.ast);
  const compiled = { run, checked: undefined, names: listNameUses(run.ast) };
  if (expressionCache.size >= MAX_CACHED) expressionCache.clear();
  expressionCache.set(source, compiled);
  return compiled;
}

/** Parses and type-checks CEL text; throws SW1106 (braces) and SW1107 under the exact column. `locate` knows the position
 *  of each character of a folded or escaped scalar; without it the text is searched in `span`. A `condition` is true or false. */
export function parseExpression(
  text: string,
  span: Span,
  locate: Locate = (start, end) => narrowSpan(span, text, start, end),
  condition = false,
): Expr {
  const deep = findDeepNesting(text);
  if (deep !== undefined) {
    const at = locate(deep.offset, deep.offset + 1);
    throw new SwarmError('SW1107', deep.message, { at, hint: 'Put a part of it into vars:, and write the name of that here.' });
  }
  const brace = text.indexOf('{{');
  if (brace >= 0) {
    const inner = /^\s*\{\{\s*(.*?)\s*\}\}\s*$/.exec(text)?.[1];
    const close = text.indexOf('}}', brace);
    const at = locate(brace, close < 0 ? brace + 2 : close + 2);
    const jinja = inner === undefined ? undefined : findJinjaHint(inner);
    throw new SwarmError('SW1106', 'expressions take no braces', {
      at,
      hint: jinja === undefined ? `Remove the braces${inner === undefined ? '' : `: ${inner}`}` : `Remove the braces. ${jinja}`,
    });
  }
  try {
    const compiled = compileExpression(text);
    compiled.checked ??= compiled.run.check();
    const result = compiled.checked;
    if (!result.valid) throw result.error;
    const wrongType = condition ? NON_CONDITION_TYPES[result.type ?? ''] : undefined;
    if (wrongType === undefined) return { source: text, at: span };
    const hint = 'Write a comparison, for example: x == "y"';
    throw new SwarmError('SW1107', `a condition must be true or false, not ${wrongType}`, { at: locate(0, text.length), hint });
  } catch (thrown) {
    if (!isCelError(thrown)) throw thrown;
    throw toSyntaxError(text, thrown, locate);
  }
}

const NON_CONDITION_TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a number',
  double: 'a number',
  list: 'a list',
  map: 'a mapping',
};

/** The names that an expression uses from the scope, without the variables of map, filter, exists, all and cel.bind. */
export const listExpressionNames = (expr: Expr): readonly NameUse[] => compileExpression(expr.source).names;
