import type { Json } from '../../core/json-value.ts';

const MAX_CHARACTERS = 64 * 1024;

/** Shortens a text that is too long for an event, and notes how many characters are missing. */
export function truncateText(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}\n[${text.length - MAX_CHARACTERS} characters more]`;
}

/** Shortens all long texts in a value. */
export function truncateJson(value: Json): Json {
  if (typeof value === 'string') return truncateText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(truncateJson);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, truncateJson(each)]));
}
