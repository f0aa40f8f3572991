import type { Json } from '../../core/host.ts';

const MAX_CHARACTERS = 64 * 1024;

/** Text as an event may carry it: the rest of a long one is counted, not kept. */
export function truncateText(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}\n[${text.length - MAX_CHARACTERS} characters more]`;
}

/** Any value with its long texts cut. */
export function truncateJson(value: Json): Json {
  if (typeof value === 'string') return truncateText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(truncateJson);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, truncateJson(each)]));
}
