import type { Json } from '../../core/host.ts';

const LONGEST = 64 * 1024;

/** Text as an event may carry it: the rest of a long one is counted, not kept. */
export function clipText(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n[${text.length - LONGEST} characters more]`;
}

/** Any value with its long texts cut. */
export function clip(value: Json): Json {
  if (typeof value === 'string') return clipText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clip);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clip(each)]));
}
