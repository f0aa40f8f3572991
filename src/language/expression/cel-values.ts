import type { Json } from '../../core/json-value.ts';
import { lazySource, mapLazily } from './lazy-mapping.ts';

/** CEL knows whole numbers as bigint; a JavaScript number would be its double, and `x + 1` an error. */
export function toCel(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value;
  const lazy = Object.hasOwn(value, 'constructor') ? undefined : mapLazily(value, toCel);
  if (lazy !== undefined) return lazy;
  const entries = Object.entries(value).map(([key, each]) => [key, toCel(each)] as const);
  // cel-js takes what is in `constructor` for the type of an object
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}

/** A value of CEL as JSON: whole numbers as numbers, dates as text. */
export function fromCel(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(fromCel);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [String(key), fromCel(each)]));
  const lazy = lazySource(value);
  if (lazy !== undefined) return lazy;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return String(value); // a type, a duration
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromCel(each)]));
}
