import type { Json } from '../../core/json-value.ts';

/** The value of `omit`: no text of a person has it. */
export const OMIT = '\0omit';

/** The arguments without those that are `omit`, in lists and mappings too. */
export function withoutOmitted(value: Json): Json {
  if (Array.isArray(value)) return value.filter((each) => each !== OMIT).map(withoutOmitted);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== OMIT);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutOmitted(each)]));
}
