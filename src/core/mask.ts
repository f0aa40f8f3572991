import type { Json } from './json-value.ts';
import { CONTROL_CHARACTERS, ESCAPE_SEQUENCES } from './output/terminal-codes.ts';
import { SECRET_MASK } from './secret.ts';

/** Shorter values occur in too many texts by chance to be masked everywhere. */
export const MIN_SECRET_LENGTH = 6;

/** Shared by the whole process on purpose: a value that is masked once is masked in all later output. */
const registeredForms = new Set<string>();
let pattern: RegExp | undefined;

/** Masks the value from now on, in all its usual forms. False, and nothing is masked, where it is shorter than MIN_SECRET_LENGTH; spaces around
 *  it do not count. */
export function registerSecret(value: string): boolean {
  if (value.trim().length < MIN_SECRET_LENGTH) return false;
  for (const form of secretForms(value)) registeredForms.add(form);
  const longestFirst = [...registeredForms].sort((one, other) => other.length - one.length);
  pattern = new RegExp(longestFirst.map((form) => form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|'), 'g');
  return true;
}

/** The text with every secret in it masked, also where colours, backspaces or characters without a width stand between its characters. */
export function maskText(text: string): string {
  if (pattern === undefined) return text;
  const masked = text.replace(pattern, SECRET_MASK);
  if (!HAS_CODES.test(masked)) return masked;
  const withoutCodes = masked.replace(CODES, '').search(pattern) < 0 ? masked : maskIn(masked, findShown(masked, false), pattern);
  return withoutCodes.includes('\b') ? maskIn(withoutCodes, findShown(withoutCodes, true), pattern) : withoutCodes;
}

const HAS_CODES = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\p{Default_Ignorable_Code_Point}|\\(?:u[02f]|x1b|033|e\[)/iu;
/** As they are, and as JSON and programs write them. */
const CODES = new RegExp(
  `${ESCAPE_SEQUENCES.source}|${CONTROL_CHARACTERS.source}|\\p{Default_Ignorable_Code_Point}|\\\\(?:u001b|x1b|033|e)\\[[0-?]*[ -/]*[@-~]` +
    '|\\\\u(?:00[01][0-9a-f]|00ad|200[b-f]|202[a-e]|206[0-9a-f]|feff)',
  'giu',
);

const STYLE = /^(?:[\x1b\x9b]|\\(?:u001b|x1b|033|e)\[)/i;

/** The characters that a terminal shows, and where each of them is in the text. */
interface ShownText {
  readonly plain: string;
  readonly places: Uint32Array;
}

/** What is left without codes. With `overwrites` a backspace goes back, and the next character replaces the one that is there. */
function findShown(text: string, overwrites: boolean): ShownText {
  const places = new Uint32Array(text.length);
  const units = new Uint16Array(text.length);
  let [cursor, count, lineStart, at] = [0, 0, 0, 0];
  const showUntil = (end: number): void => {
    for (; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit === LINE_BREAK) cursor = count;
      places[cursor] = at;
      units[cursor++] = unit;
      count = Math.max(count, cursor);
      if (unit === LINE_BREAK) lineStart = cursor;
    }
  };
  for (const { 0: code, index } of text.matchAll(CODES)) {
    showUntil(index);
    if (overwrites) for (const each of code) if (each === '\b' && cursor > lineStart) cursor--;
    at = index + code.length;
  }
  showUntil(text.length);
  return { plain: Buffer.from(units.buffer, 0, count * 2).toString('utf16le'), places: places.subarray(0, count) };
}

const LINE_BREAK = 10;

/** Finds secrets in what is shown, and masks them in the text itself. The sequences inside a secret stay behind its mask, so that a colour
 *  ends where it ended. */
function maskIn(text: string, { plain, places }: ShownText, secrets: RegExp): string {
  let result = '';
  let copied = 0;
  for (const found of plain.matchAll(secrets)) {
    const own = places.subarray(found.index, found.index + found[0].length);
    const first = own.reduce((least, each) => Math.min(least, each));
    const behindLast = found.index === 0 ? 0 : (places[found.index - 1] ?? 0) + 1;
    const start = text.slice(behindLast, first).includes('\b') ? behindLast : first; // a letter may have been typed and replaced
    const end = own.reduce((most, each) => Math.max(most, each)) + 1;
    const codes = (text.slice(start, end).match(CODES) ?? []).filter((code) => STYLE.test(code));
    result += text.slice(copied, Math.max(copied, start)) + SECRET_MASK + codes.join('');
    copied = Math.max(copied, end);
  }
  return result + text.slice(copied);
}

/** True if the text contains a secret. */
export const containsSecret = (text: string): boolean => pattern !== undefined && text.search(pattern) >= 0;

/** The same for every text inside a value, keys too. */
export function maskJson<T>(value: T): T {
  return pattern === undefined ? value : (maskDeep(value as Json) as T);
}

function maskDeep(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return maskText(value);
  if (Array.isArray(value)) return value.map((each) => maskDeep(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [maskText(key), maskDeep(each)])) as Json;
}

/** As it is, line by line, in JSON, in a URL, quoted for a shell, SQL, systemd, fstab and XML, in base64 (at any offset of the encoded
 *  text) and in hex. */
export function secretForms(value: string): readonly string[] {
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
    ...quotedForms(value),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
  return [...new Set(plain)].filter((form) => form.length >= MIN_SECRET_LENGTH);
}

/** As SQL, files of configuration and XML write it. */
function quotedForms(value: string): readonly string[] {
  const twice = (text: string, mark: string): string => text.replaceAll(mark, () => mark + mark);
  const escaped = [/\\/g, /["\\]/g, /['\\]/g, /['"\\]/g].map((marks) => value.replace(marks, '\\$&'));
  return [
    ...escaped,
    ...[value, ...escaped.slice(0, 1)].flatMap((each) => ["'", '"', '`'].map((mark) => twice(each, mark))),
    ...[value, ...escaped.slice(1, 2)].flatMap((each) => [twice(each, '%'), twice(twice(each, '%'), '$')]),
    value.replace(/[ \t\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`),
    ...['&#39;', '&apos;', "'"].map((quote) =>
      value.replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": quote })[char] ?? char),
    ),
  ];
}

/** After 0, 1 or 2 other bytes the same bytes have other letters. Letters that contain bits of neighbours are left out. */
function base64Forms(bytes: Buffer): readonly string[] {
  const whole = bytes.toString('base64');
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const wrapped = [64, 76].flatMap((width) => (whole.length <= width ? [] : (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? [])));
  const all = [whole, ...inside, ...wrapped];
  return [...all, ...all.map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))];
}
