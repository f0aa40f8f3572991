import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';

/** What a dry run has in place of a result that nobody knows yet. It is compared by identity. */
export const UNKNOWN_RESULT: { readonly [key: string]: Json } = Object.freeze({ unknown: true });

/** The name that stands for every name that nothing else defines: an unknown step may define it. */
export const ANY_NAME = '*';

const UNKNOWN: unique symbol = Symbol('unknown');

/** The scope without these names, and with a mark of them that every copy by `...` keeps. */
export function withUnknownNames(scope: Vars, names: ReadonlySet<string>): Vars {
  if (names.size === 0) return scope;
  const { [UNKNOWN]: before = [], ...copy } = scope as { [UNKNOWN]?: ReadonlySet<string>; [name: string]: Json };
  for (const name of names) delete copy[name];
  return Object.assign(copy, { [UNKNOWN]: new Set([...before, ...names]) });
}

/** Whether a name that a scope lacks is one that a dry run does not know. */
export function isUnknownName(scope: Vars, name: string): boolean {
  const names = (scope as { readonly [UNKNOWN]?: ReadonlySet<string> })[UNKNOWN];
  return names !== undefined && !Object.hasOwn(scope, name) && (names.has(name) || names.has(ANY_NAME));
}

/** The error of a value that depends on what a dry run does not know. The engine makes the result `unknown` of it. */
export const unknownValueError = (name: string, at?: Span): SwarmError =>
  new SwarmError('SW6014', `it depends on \`${name}\`, which is known only after a real run`, { at, cause: UNKNOWN_RESULT });

/** Whether an error says that a value is unknown in a dry run. */
export const isUnknownValueError = (thrown: unknown): thrown is SwarmError =>
  thrown instanceof SwarmError && thrown.cause === UNKNOWN_RESULT;
