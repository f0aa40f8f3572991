import type { Vars } from '../../core/json-value.ts';
import type { LookUp } from './language-function.ts';

/** The key of a scope under which `lookup` finds what it may read. A scope without it has no access to this machine. */
export const LOOK_UP: unique symbol = Symbol('lookup');

/** What `lookup` may read for the variables of a task. */
export const findLookUp = (scope: Vars): LookUp | undefined => (scope as { readonly [LOOK_UP]?: LookUp })[LOOK_UP];

/** Variables with access to this machine, also in every copy of them by `...`. */
export const withAccess = (scope: Vars, lookUp: LookUp): Vars => Object.assign({}, scope, { [LOOK_UP]: lookUp });
