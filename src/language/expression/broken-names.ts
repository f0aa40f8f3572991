import type { Vars } from '../../core/json-value.ts';

/** Why a variable has no value, and what to do about it. */
export interface BrokenName {
  readonly message: string;
  readonly hint?: string | undefined;
}

const BROKEN: unique symbol = Symbol('broken');

/** Tells why a variable has no value; undefined for any other name. */
export type FindBroken = (name: string) => BrokenName | undefined;

/** The scope with the reasons why some variables are not in it, which every copy by `...` keeps. */
export const withBrokenNames = (scope: Vars, find: FindBroken | undefined): Vars =>
  find === undefined ? scope : Object.assign({ ...scope }, { [BROKEN]: find });

/** Why a name that a scope lacks has no value; undefined where nothing sets it. */
export const findBrokenName = (scope: Vars, name: string): BrokenName | undefined =>
  Object.hasOwn(scope, name) ? undefined : (scope as { readonly [BROKEN]?: FindBroken })[BROKEN]?.(name);
