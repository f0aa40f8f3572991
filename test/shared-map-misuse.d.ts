import type { SharedMap } from '../src/core/reduce/shared-map.ts';

type IsAny<T> = 0 extends 1 & T ? true : false;
/** What a call gives that would read the fields of a SharedMap in place of its entries: nothing can be done with it. */
type Misuse<M, Usual> = IsAny<M> extends true ? Usual : never;

declare global {
  interface ObjectConstructor {
    keys<M extends SharedMap<unknown>>(map: M): Misuse<M, string[]>;
    // biome-ignore lint/suspicious/noExplicitAny: what the language has for a value of type any
    values<M extends SharedMap<unknown>>(map: M): Misuse<M, any[]>;
    // biome-ignore lint/suspicious/noExplicitAny: what the language has for a value of type any
    entries<M extends SharedMap<unknown>>(map: M): Misuse<M, [string, any][]>;
  }
}
