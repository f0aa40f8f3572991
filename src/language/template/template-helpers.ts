import { posix } from 'node:path';
import type { Json } from '../../core/json-value.ts';

/** A helper of templates; throws an Error whose message follows the helper's name. */
export interface TemplateHelper {
  readonly usage: string;
  readonly minArgs: number;
  readonly maxArgs: number;
  call(args: readonly Json[]): Json;
}

const asText = (value: Json | undefined): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`takes a text, not ${describeType(value)}`);
};

/** The type of a value in words, for a message. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? typeof value;
}

/** Quotes any text as one word of a POSIX shell. */
function quoteShellWord(value: string): string {
  if (value.includes('\0')) throw new Error('takes no text with a NUL in it');
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

const createTextHelper = (usage: string, call: (value: string) => string): TemplateHelper => ({
  usage,
  minArgs: 1,
  maxArgs: 1,
  call: ([value]) => call(asText(value)),
});
const asList = (value: Json | undefined): readonly Json[] | undefined => (Array.isArray(value) ? value : undefined);

/** The helpers of templates. `if`, `unless`, `each` and `with` are blocks. */
export const TEMPLATE_HELPERS: ReadonlyMap<string, TemplateHelper> = new Map<string, TemplateHelper>([
  [
    'quote',
    {
      usage: 'quote x',
      minArgs: 1,
      maxArgs: 1,
      call: ([value]) => (asList(value) ?? [value]).map((each) => quoteShellWord(asText(each))).join(' '),
    },
  ],
  ['raw', createTextHelper('raw x', (value) => value)],
  ['json', { usage: 'json x', minArgs: 1, maxArgs: 1, call: ([value]) => JSON.stringify(value) }],
  ['default', { usage: 'default x otherwise', minArgs: 2, maxArgs: 2, call: ([value, otherwise = null]) => value ?? otherwise }],
  [
    'join',
    {
      usage: 'join list ", "',
      minArgs: 1,
      maxArgs: 2,
      call: ([value, separator = ' ']) => {
        const entries = asList(value);
        if (entries === undefined) throw new Error(`takes a list, not ${describeType(value)}`);
        return entries.map(asText).join(asText(separator));
      },
    },
  ],
  ['lower', createTextHelper('lower x', (value) => value.toLowerCase())],
  ['upper', createTextHelper('upper x', (value) => value.toUpperCase())],
  ['trim', createTextHelper('trim x', (value) => value.trim())],
  ['basename', createTextHelper('basename x', (value) => posix.basename(value))],
  ['dirname', createTextHelper('dirname x', (value) => posix.dirname(value))],
]);
