/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Variables by name. */
export type Vars = Readonly<Record<string, Json>>;

/** True for a mapping: neither a list nor null. */
export const isMapping = (value: unknown): value is Vars => typeof value === 'object' && value !== null && !Array.isArray(value);
