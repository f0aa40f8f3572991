import type { ASTNode } from '@marcbachmann/cel-js';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Span } from '../../core/span.ts';
import { FUNCTIONS } from '../functions/function-table.ts';
import { CEL_NATIVES } from './cel-environment.ts';
import { formatAsExpression, readFilterCall } from './jinja-form.ts';
import { findJinjaHint } from './jinja-hints.ts';

/** The fields of a cel-js error that swarm reads. */
export interface CelError extends Error {
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: ASTNode;
  readonly cause?: unknown;
}

/** The position of some characters of an expression. */
export type Locate = (start: number, end: number) => Span;

/** Whether cel-js threw it. */
export const isCelError = (thrown: unknown): thrown is CelError => thrown instanceof Error && 'summary' in thrown && 'code' in thrown;

/** SW1107 with what CEL has against the text, where it stands. */
export function toSyntaxError(text: string, error: CelError, locate: Locate): SwarmError {
  const { start = 0, end = text.length } = error.range ?? {};
  const at = locate(start, Math.max(end, start + 1));
  return new SwarmError('SW1107', describeSyntaxError(text, error, start), { at, hint: findSyntaxHint(text, error) });
}

function describeSyntaxError(text: string, { code, summary }: CelError, start: number): string {
  if (text.trim() === '') return 'the expression is empty';
  if (code === 'wrong_call') return summary;
  if (code === 'unexpected_token' || code === 'expected_token' || code === 'unexpected_character') {
    const word = /^\s*(\w+|&&|\|\||[=!<>]=|.)/.exec(text.slice(start))?.[1];
    return word === undefined ? 'the expression ends too early' : `unexpected \`${word}\``;
  }
  if (code === 'no_matching_overload') return summary.replace(/^found no matching overload for '(.*)'$/s, 'there is no function `$1`');
  if (code === 'no_such_overload') return summary.replace(/^no such overload: (.*)$/s, 'these types do not fit together: `$1`');
  if (code === 'limit_exceeded')
    return summary.replace(/^.*?(\w+) \((\d+)\)$/, (_, limit: string, most: string) => describeLimit(limit, most));
  return summary.charAt(0).toLowerCase() + summary.slice(1);
}

/** A limit of cel-js, by its own name. */
function describeLimit(limit: string, most: string): string {
  const parts = { maxListElements: 'entries of a list', maxMapEntries: 'entries of a mapping', maxCallArguments: 'values of a function' };
  return `more than ${most} ${Object.hasOwn(parts, limit) ? parts[limit as keyof typeof parts] : 'parts behind each other'}`;
}

function findSyntaxHint(text: string, error: CelError): string | undefined {
  if (error.code === 'wrong_call') return undefined;
  if (error.code === 'limit_exceeded') return 'Put a part of it into vars:, and write the name of that here.';
  if (error.summary === 'has() invalid argument') return 'has() takes a path such as a.b. For a computed part write: defined(a[b].c)';
  return findJinjaHint(text) ?? findFunctionHint(text, error);
}

function findFunctionHint(text: string, { code, summary }: CelError): string | undefined {
  if (code !== 'no_matching_overload') return undefined;
  const name = /'(?:.*\.)?(\w+)\(/.exec(summary)?.[1] ?? '';
  const [, subject, value] = new RegExp(`(?:([\\w.]+)\\.)?\\b${name}\\(([^(),]*)\\)`).exec(text) ?? [];
  const made = readFilterCall(name, [subject ?? value?.trim() ?? '']);
  if (made !== undefined) return `Write: ${formatAsExpression(made)}`;
  const near = closestName(
    name,
    [...FUNCTIONS.keys(), ...CEL_NATIVES].filter((each) => each !== name),
  );
  return near === undefined ? undefined : `Did you mean \`${near}\`?`;
}
