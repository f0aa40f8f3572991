import type { Vars } from '../../core/json-value.ts';
import type { Lookup } from './language-function.ts';

/** The key of a scope under which `lookup` finds what it may read. A scope without it has no access to this machine. */
export const LOOKUP: unique symbol = Symbol('lookup');

/** What `lookup` may read for the variables of a task. */
export function findLookup(scope: Vars): Lookup | undefined {
  const lookUp = (scope as { readonly [LOOKUP]?: Lookup })[LOOKUP];
  return lookUp && ((kind, words) => lookUp(kind, words, scope));
}

/** Variables with access to this machine, also in every copy of them by `...`. */
export const withAccess = (scope: Vars, lookUp: Lookup): Vars => Object.assign({}, scope, { [LOOKUP]: lookUp });
