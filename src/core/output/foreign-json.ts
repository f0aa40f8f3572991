import type { Json } from '../json-value.ts';

/** As in YAML: what works on values goes down level by level. */
const MAX_DEPTH = 100;
/** A value takes far more memory than its text. */
const MAX_VALUES = 1_000_000;

/** The value of a JSON text that a host or a server wrote. Throws an Error that says why where it is none, where it is nested too deep or has too
 *  many values, which would end the run for all hosts, and for a number that is too large. */
export function parseForeignJson(text: string): Json {
  assertModest(text);
  return JSON.parse(text, assertFinite) as Json;
}

function assertModest(text: string): void {
  let depth = 0;
  let values = 0;
  for (const [mark] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (mark === '[' || mark === '{') depth++;
    else if (mark === ']' || mark === '}') depth--;
    else if (mark === ',') values++;
    if (depth > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH} levels`);
    if (values > MAX_VALUES) throw new Error(`more than ${MAX_VALUES.toLocaleString('en')} values`);
  }
}

function assertFinite(_: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('a number that is too large');
  return value;
}
