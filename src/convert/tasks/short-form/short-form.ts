import { rejectConversion } from '../../not-convertible.ts';
import { splitShortForm } from './short-form-words.ts';

/** What Ansible reads of a backslash in `key="a\tb"`. */
const ESCAPE = /\\(?:U([\da-f]{8})|u([\da-f]{4})|x([\da-f]{2})|([\\'"abfnrtv]))/gi;
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const decodeEscapes = (text: string): string =>
  text.replace(ESCAPE, (whole: string, long?: string, short?: string, byte?: string, char?: string) => {
    const code = long ?? short ?? byte;
    if (code !== undefined) return /^\\[Uux]/.test(whole) ? String.fromCodePoint(Number.parseInt(code, 16) % 0x110000) : whole;
    return char !== undefined && /^\\[a-z\\'"]/.test(whole) ? (CONTROLS[char] ?? char) : whole;
  });

const unquote = (text: string): string =>
  /^(["']).*\1$/s.test(text) && text.length > 1 && text.at(-2) !== '\\' ? text.slice(1, -1) : text;

/** `key=value` with its escapes read. Undefined for a word without `=`; `\=` is no such sign. */
function readPair(word: string): readonly [key: string, value: string] | undefined {
  const text = decodeEscapes(word);
  const at = /(?<=[^\\])=/.exec(text.slice(1))?.index;
  const first = /^[^\\]=/.test(text) ? 1 : at === undefined ? undefined : at + 1;
  return first === undefined ? undefined : [text.slice(0, first), unquote(text.slice(first + 1).trim())];
}

/** `name=nginx state=present` as a mapping. */
export function parseShortForm(text: string): Readonly<Record<string, string>> {
  const args: Record<string, string> = {};
  for (const word of splitShortForm(text)) {
    const [key, value] = readPair(word) ?? rejectConversion(`the short form with ${word.trim()}`);
    const name = key.trim();
    if (!/^[\w-]+$/.test(name)) rejectConversion(`the short form with ${word.trim()}`);
    args[name] = value;
  }
  return args;
}

const COMMAND_ARGS = new Set(['creates', 'removes', 'chdir', 'executable', 'warn', 'stdin', 'stdin_add_newline', 'strip_empty_ends']);

/** `make install creates=/usr/bin/x`: the command line, and the arguments in it. */
export function parseCommandForm(text: string): Readonly<Record<string, string>> {
  if (!/=|\\(?:\s|$)/m.test(text)) return { _raw_params: text };
  const args: Record<string, string> = {};
  const line: string[] = [];
  for (const word of splitShortForm(text)) {
    const pair = readPair(word);
    if (pair !== undefined && COMMAND_ARGS.has(pair[0])) args[pair[0]] = pair[1];
    else line.push(pair === undefined && decodeEscapes(word).includes('=') ? decodeEscapes(word).replaceAll('\\=', '=') : word);
  }
  const joined = line.reduce((result, word) => (result === '' || result.endsWith('\n') ? result + word : `${result} ${word}`), '');
  return { _raw_params: Object.keys(args).length > 0 ? joined.trim() : joined, ...args };
}
