import { SwarmError } from '../../../core/error/swarm-error.ts';
import type { Expr } from '../../../core/playbook/step-model.ts';
import { listExpressionNames, parseExpression } from '../../expression/parse-expression.ts';
import { readYesNo } from '../../schema/yes-no.ts';
import { addPendingName } from './pending-names.ts';
import type { PlaybookReader } from './playbook-reader.ts';
import { childContext, type ReadContext } from './read-context.ts';

/** The expression at a place. Undefined when it is wrong: the error is among the problems. A `condition` is true or false. */
export function readExpression(reader: PlaybookReader, context: ReadContext, value: string | boolean, condition = false): Expr | undefined {
  const word = condition ? readYesNo(value) : undefined;
  if (word !== undefined) reader.remarks.push({ kind: 'boolean', at: context.source.valueSpan(context.path) });
  const text = String(word ?? value);
  const locate = (start: number, end: number) =>
    typeof value === 'string' ? context.source.textSpan(context.path, start, end) : context.source.valueSpan(context.path);
  try {
    const expr = parseExpression(text, locate(0, text.length), locate, condition);
    for (const use of listExpressionNames(expr)) addPendingName(reader, context, use, text, () => locate(use.start, use.end));
    return expr;
  } catch (thrown) {
    if (!(thrown instanceof SwarmError)) throw thrown;
    reader.problems.push(thrown);
    return undefined;
  }
}

/** A condition as text, true or false, or a list of conditions that must all be true. */
export function readConditions(
  reader: PlaybookReader,
  context: ReadContext,
  value: string | boolean | readonly (string | boolean)[] | undefined,
): readonly Expr[] {
  if (value === undefined) return [];
  if (typeof value !== 'object') return [readExpression(reader, context, value, true) ?? []].flat();
  return value.flatMap((each, i) => readExpression(reader, childContext(context, i), each, true) ?? []);
}
