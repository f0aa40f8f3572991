import { posix } from 'node:path';
import type { Json } from '../../core/host.ts';

/** A helper of templates; throws an Error whose message follows the helper's name. */
export interface Helper {
  readonly form: string;
  readonly least: number;
  readonly most: number;
  call(args: readonly Json[]): Json;
}

const text = (value: Json | undefined): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`takes a text, not ${kindOf(value)}`);
};

/** What a value is called in a message. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return { string: 'a text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? typeof value;
}

/** One word of a POSIX shell, whatever is in it. */
function quote(value: string): string {
  if (value.includes('\0')) throw new Error('takes no text with a NUL in it');
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

const one = (form: string, call: (value: string) => string): Helper => ({ form, least: 1, most: 1, call: ([value]) => call(text(value)) });
const list = (value: Json | undefined): readonly Json[] | undefined => (Array.isArray(value) ? value : undefined);

/** What templates may call; `if`, `unless`, `each` and `with` are blocks. */
export const HELPERS: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  ['quote', { form: 'quote x', least: 1, most: 1, call: ([value]) => (list(value) ?? [value]).map((each) => quote(text(each))).join(' ') }],
  ['raw', one('raw x', (value) => value)],
  ['json', { form: 'json x', least: 1, most: 1, call: ([value]) => JSON.stringify(value) }],
  ['default', { form: 'default x otherwise', least: 2, most: 2, call: ([value, otherwise = null]) => value ?? otherwise }],
  [
    'join',
    {
      form: 'join list ", "',
      least: 1,
      most: 2,
      call: ([value, separator = ' ']) => {
        const entries = list(value);
        if (entries === undefined) throw new Error(`takes a list, not ${kindOf(value)}`);
        return entries.map(text).join(text(separator));
      },
    },
  ],
  ['lower', one('lower x', (value) => value.toLowerCase())],
  ['upper', one('upper x', (value) => value.toUpperCase())],
  ['trim', one('trim x', (value) => value.trim())],
  ['basename', one('basename x', (value) => posix.basename(value))],
  ['dirname', one('dirname x', (value) => posix.dirname(value))],
]);
