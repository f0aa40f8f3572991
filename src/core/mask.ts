import type { Json } from './host.ts';
import { HIDDEN } from './secret.ts';

/** Shorter values stand in too many texts by chance to be hidden in all of them. */
export const SHORTEST_SECRET = 6;

/** The one state of this process that everything shares, on purpose: a value that was hidden once is hidden in whatever is said from
 *  then on, by whomever. */
const hidden = new Set<string>();
let pattern: RegExp | undefined;

/** From now on the value is shown nowhere, in none of its usual forms. It has at least SHORTEST_SECRET characters. */
export function hide(value: string): void {
  for (const form of formsOf(value)) hidden.add(form);
  const longestFirst = [...hidden].sort((one, other) => other.length - one.length);
  pattern = new RegExp(longestFirst.map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'g');
}

/** The text with every hidden value in it replaced. */
export const masked = (text: string): string => (pattern === undefined ? text : text.replace(pattern, HIDDEN));

/** Does the text show a hidden value? */
export const showsSecret = (text: string): boolean => pattern !== undefined && text.search(pattern) >= 0;

/** The same for every text inside a value, keys too. */
export function maskedJson<T>(value: T): T {
  return pattern === undefined ? value : (deep(value as Json) as T);
}

function deep(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return masked(value);
  if (Array.isArray(value)) return value.map((each) => deep(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [masked(key), deep(each)])) as Json;
}

/** As it is, line by line, in JSON, in a URL, quoted for a shell, in base64 (wherever it stands in the encoded text) and in hex. */
export function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const strict = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const plain = [
    value,
    ...lines,
    json,
    JSON.stringify(json).slice(1, -1),
    ...[url, strict].flatMap((each) => [each, each.replaceAll('%20', '+'), each.replace(/%../g, (code) => code.toLowerCase())]),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replace(/[^A-Za-z0-9_./:@%+,=-]/g, '\\$&'),
    value.replace(/["$`\\]/g, '\\$&'),
    hex,
    hex.toUpperCase(),
    ...base64Of(bytes),
  ];
  return [...new Set(plain)].filter((form) => form.length >= SHORTEST_SECRET);
}

/** Behind 0, 1 or 2 other bytes the same bytes have other letters; what the neighbours share with them is left out. */
function base64Of(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64');
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const wrapped = [64, 76].flatMap((width) => (whole.length <= width ? [] : (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? [])));
  const all = [whole, ...inside, ...wrapped];
  return [...all, ...all.map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))];
}
