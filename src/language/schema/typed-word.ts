import { parse } from 'yaml';
import type { z } from 'zod';
import { hasTemplate } from '../template/template.ts';
import { listKeysAt } from './schema-keys.ts';

/** A word of the command line as the value of an argument: the text, or what YAML makes of it where the schema takes no text. Undefined
 *  for a name that the schema does not know; one without names takes any. */
export function readTypedWord(schema: z.ZodType, key: string, word: string): unknown {
  const known = listKeysAt(schema, []);
  if (known.length === 0) return hasTemplate(word) ? word : parseWord(word);
  if (!known.includes(key)) return undefined;
  if (accepts(schema, key, word) || hasTemplate(word)) return word;
  const values = [parseWord(word), parseWord(word, 'failsafe')]; // [true] is a list of a boolean, or of a text
  return values.find((value) => accepts(schema, key, value)) ?? word;
}

/** Whether the schema finds nothing wrong with this one argument. */
function accepts(schema: z.ZodType, key: string, value: unknown): boolean {
  const { error } = schema.safeParse({ [key]: value });
  return !(error?.issues ?? []).some(({ path, code }) => path[0] === key || (path.length === 0 && code === 'invalid_union'));
}

/** `[a, b]` and `a,b` are lists. In the schema `failsafe` of YAML every value is a text. */
function parseWord(word: string, schema: 'core' | 'failsafe' = 'core'): unknown {
  try {
    const value: unknown = parse(word, { schema });
    return typeof value === 'string' && value.includes(',') ? value.split(',').map((each) => each.trim()) : value;
  } catch {
    return word;
  }
}
