import type { KeyPath } from '../yaml/source-document.ts';

/** The value at a path, own keys only. */
export function valueAtPath(value: unknown, path: KeyPath): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}
