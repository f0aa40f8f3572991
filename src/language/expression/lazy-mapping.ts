import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';

/** What is said of a key that a lazy mapping lacks. */
interface MissingKey {
  readonly message: string;
  readonly hint?: string | undefined;
}

type DescribeMissing = (key: string) => MissingKey | SwarmError | undefined;

const descriptions = new WeakMap<object, DescribeMissing>();
const sources = new WeakMap<object, Vars>();

/** A mapping whose values are computed when something reads them, each once. `describe` tells why a key is not in it; an error that it
 *  returns is thrown instead. */
export function lazyMapping(keys: Iterable<string>, read: (key: string) => Json, describe?: DescribeMissing): Vars {
  const mapping = defineLazily(keys, read);
  if (describe !== undefined) descriptions.set(mapping, describe);
  return mapping as Vars;
}

/** The same mapping with other values, which are computed as late; undefined for any other value. */
export function mapLazily(value: object, convert: (value: Json) => unknown): object | undefined {
  const describe = descriptions.get(value);
  if (describe === undefined) return undefined;
  const mapped = defineLazily(Object.keys(value), (key) => convert((value as Vars)[key] ?? null));
  descriptions.set(mapped, describe);
  sources.set(mapped, value as Vars);
  return mapped;
}

/** The mapping of which `mapLazily` made this one. */
export const lazySource = (value: object): Vars | undefined => sources.get(value);

/** Why a lazy mapping lacks a key; undefined for another value. Throws what a dry run says of a value that it does not know. */
export function describeMissingKey(value: unknown, key: string): MissingKey | undefined {
  const described = typeof value === 'object' && value !== null ? descriptions.get(value)?.(key) : undefined;
  if (described instanceof SwarmError) throw described;
  return described;
}

function defineLazily(keys: Iterable<string>, read: (key: string) => unknown): object {
  const mapping = {};
  for (const key of keys) {
    let known: { readonly value: unknown } | undefined;
    const get = (): unknown => {
      known ??= { value: read(key) };
      return known.value;
    };
    Object.defineProperty(mapping, key, { enumerable: true, get });
  }
  return mapping;
}
