import type { Json } from '../../core/json-value.ts';

const MAX_CHARACTERS = 64 * 1024;

/** Shortens a text that is too long for an event, and notes how many characters are missing. */
export const truncateText = (text: string): string =>
  text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}\n[${text.length - MAX_CHARACTERS} characters more]`;

/** Shortens the long texts and lists of a value: a text or a list takes at most 64 KiB. */
export function truncateJson(value: Json): Json {
  if (typeof value === 'string') return truncateText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return truncateList(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, truncateJson(each)]));
}

function truncateList(list: readonly Json[]): readonly Json[] {
  const kept: Json[] = [];
  let left = MAX_CHARACTERS;
  for (const each of list) {
    left -= typeof each === 'string' ? each.length + 3 : 3; // quotes and comma
    if (left < 0 && kept.length > 0) return [...kept, `[${list.length - kept.length} more]`];
    kept.push(truncateJson(each));
  }
  return kept;
}
