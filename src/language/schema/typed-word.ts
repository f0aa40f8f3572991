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
  const value = parseWord(word);
  return accepts(schema, key, value) ? value : word;
}

/** Whether the schema finds nothing wrong with this one argument. */
function accepts(schema: z.ZodType, key: string, value: unknown): boolean {
  const { error } = schema.safeParse({ [key]: value });
  return !(error?.issues ?? []).some(({ path, code }) => path[0] === key || (path.length === 0 && code === 'invalid_union'));
}

/** `[a, b]` and `a,b` are lists. */
function parseWord(word: string): unknown {
  try {
    const value: unknown = parse(word);
    return typeof value === 'string' && value.includes(',') ? value.split(',').map((each) => each.trim()) : value;
  } catch {
    return word;
  }
}
