/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Variables by name. */
export type Vars = Readonly<Record<string, Json>>;
