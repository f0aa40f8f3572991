import type { Json } from '../../../core/json-value.ts';
import { MAX_YAML_DEPTH } from '../../yaml/convert-document.ts';

/** What a program printed as JSON, or why it cannot be read. `isYaml` is false where YAML would refuse it too, with less to say. */
export type ListJson = { readonly value: Json } | { readonly fault: string; readonly isYaml?: false };

/** Reads JSON of any size. A number that JavaScript would change, a text that nests too deep and a key that appears twice are faults with their
 *  place. */
export function readListJson(text: string): ListJson {
  const found = findFault(text);
  if (found !== undefined) return { fault: found.describe(placeOf(text, found.at)) };
  const twice = findKeyTwice(text);
  try {
    let hasProto = false;
    const reject = (key: string, value: unknown): unknown => {
      if (key === '__proto__') hasProto = true;
      return value;
    };
    const value = JSON.parse(text, /__proto__|\\u005f/i.test(text) ? reject : undefined) as Json;
    if (twice !== undefined) return { fault: twice, isYaml: false };
    return hasProto ? { fault: '`__proto__` cannot be a key' } : { value };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : '';
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    if (position !== undefined) return { fault: `it is not JSON ${placeOf(text, Number(position))}` };
    return { fault: message.startsWith('Unexpected end') ? 'the JSON ends too early' : `it is not JSON: ${message.replace(/\s+/g, ' ')}` };
  }
}

const QUOTE = 0x22;

/** One pass over the text; strings are skipped. */
function findFault(text: string): { readonly at: number; readonly describe: (place: string) => string } | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_YAML_DEPTH) return { at, describe: (place) => `it nests deeper than ${MAX_YAML_DEPTH} levels ${place}` };
    } else if (code === 0x7d || code === 0x5d) depth--;
    else if (code >= 0x30 && code <= 0x39) {
      const [digits = ''] = /^[\d.eE+-]+/.exec(text.slice(at, at + 400)) ?? [];
      if ((/^\d{16,}$/.test(digits) && !Number.isSafeInteger(Number(digits))) || Number(digits) === Number.POSITIVE_INFINITY)
        return { at, describe: (place) => `the number ${digits.slice(0, 40)} ${place} cannot be kept, but a text would be` };
      at += digits.length - 1;
    }
  }
  return undefined;
}

/** JSON.parse takes the last of them, without a word. */
function findKeyTwice(text: string): string | undefined {
  const open: (Map<string, number> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) open.push(code === 0x7b ? new Map() : undefined);
    else if (code === 0x7d || code === 0x5d) open.pop();
    if (code === 0x7b || code === 0x2c) isKey = true;
    if (code !== QUOTE) continue;
    const end = endOfString(text, at);
    const keys = isKey ? open.at(-1) : undefined;
    if (keys !== undefined) {
      const key = readKey(text.slice(at + 1, end));
      const first = keys.get(key);
      if (first !== undefined) return `the key \`${key}\` appears twice, ${placeOf(text, first)} and ${placeOf(text, at)}`;
      keys.set(key, at);
    }
    isKey = false;
    at = end;
  }
  return undefined;
}

function readKey(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.parse(`"${quoted}"`) as string;
  } catch {
    return quoted; // JSON.parse of the whole says what is wrong
  }
}

function endOfString(text: string, start: number): number {
  let at = start;
  do {
    at = text.indexOf('"', at + 1);
    if (at === -1) return text.length;
  } while (isEscaped(text, at));
  return at;
}

/** An odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

function placeOf(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return `in line ${text.slice(0, start).split('\n').length}, column ${at - start + 1}`;
}
