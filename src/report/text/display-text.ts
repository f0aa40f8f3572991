import { createRequire } from 'node:module';
import { CONTROL_CHARACTERS, ESCAPE_SEQUENCES } from '../../core/text/terminal-codes.ts';

// They take 10 ms to load, and nearly all text is ASCII: they are loaded when they are first needed.
const require = createRequire(import.meta.url);
const stringWidth: typeof import('string-width').default = (text) => require('string-width').default(text);
const cliTruncate: typeof import('cli-truncate').default = (...args) => require('cli-truncate').default(...args);
const wrapAnsi: typeof import('wrap-ansi').default = (...args) => require('wrap-ansi').default(...args);

/** Text that may stand on a terminal: it cannot move the cursor, hide or reorder anything. Only this file makes it. */
export type DisplayText = string & { readonly __display: true };

const INVISIBLE_CHARACTERS = /(?![\ufe0e\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu; // bidi controls, zero-width characters, fillers
const LONE_SURROGATES = /\p{Cs}/gu; // a surrogate without its other half
const EXCESS_MARKS = /(\p{M}{8})\p{M}+/gu;
const UNATTACHED_MARK = /(?<=^|[\n\t])(?=\p{M})/gu;
const PLAIN_ASCII = /^[\n\t -~]*$/;

/** Cleans what a host printed or named. Escape sequences and control characters go, `\r` leaves the last state of its line, what is
 *  invisible is shown as `<U+202E>`, at most 8 combining marks stay on a letter. `\n` and `\t` stay. Cleaning twice changes nothing. */
export function toDisplayText(text: string): DisplayText {
  if (PLAIN_ASCII.test(text)) return text as DisplayText;
  const printable = text.replace(ESCAPE_SEQUENCES, '').replace(CONTROL_CHARACTERS, '');
  const overwritten = printable.includes('\r') ? printable.split('\n').map(lastOverwrite).join('\n') : printable;
  return overwritten
    .replace(LONE_SURROGATES, '\ufffd')
    .replace(INVISIBLE_CHARACTERS, (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
    .replace(EXCESS_MARKS, '$1')
    .replace(UNATTACHED_MARK, '◌') as DisplayText;
}

const lastOverwrite = (line: string): string => line.split('\r').findLast((part) => part !== '') ?? '';

/** As `toDisplay`, in one line: tabs go to the next multiple of 8, line ends become spaces. */
export function toOneLine(text: string): DisplayText {
  const clean = toDisplayText(text);
  if (!clean.includes('\t') && !clean.includes('\n')) return clean;
  const parts = clean.replaceAll('\n', ' ').split('\t');
  const last = parts.pop() ?? '';
  return (parts.map((part) => part + ' '.repeat(8 - (textWidth(part as DisplayText) % 8))).join('') + last) as DisplayText;
}

/** The lines of a text, each cleaned. */
export function toDisplayLines(text: string): readonly DisplayText[] {
  return toDisplayText(text).split('\n').map(toOneLine);
}

/** A template whose fixed text is ours and whose values are cleaned, each to one line. */
export function displayText(fixed: TemplateStringsArray, ...values: readonly (string | number)[]): DisplayText {
  return fixed.reduce((text, part, index) => text + toOneLine(String(values[index - 1])) + part) as DisplayText;
}

/** Pieces in a row. */
export function joinText(pieces: readonly DisplayText[], between = ' '): DisplayText {
  return pieces.join(between) as DisplayText;
}

/** Columns that the text takes: 2 for wide characters and emoji, 0 for combining marks. */
export function textWidth(text: DisplayText): number {
  return ONE_COLUMN_EACH.test(text) ? text.length : stringWidth(text);
}

// ASCII, Latin letters, arrows, lines and our symbols: nearly all text. string-width takes 40 µs for one character beyond ASCII, and
// `runs show -v` measures each of a million lines.
const ONE_COLUMN_EACH = /^[ -~\u00a1-\u00ac\u00ae-\u024f\u2009\u2026\u2190-\u21ff\u2298\u2500-\u25fc\u2713\u2717]*$/;

/** The beginning of a text in so many columns. Shortened, it ends in `…`. */
export function truncateEnd(text: DisplayText, columns: number): DisplayText {
  if (columns <= 0) return '' as DisplayText;
  if (ONE_COLUMN_EACH.test(text)) return text.length <= columns ? text : (`${text.slice(0, columns - 1)}…` as DisplayText);
  const beginning = text.slice(0, columns * MAX_UNITS_PER_COLUMN);
  return truncateWithin(beginning, columns, 'end');
}

const MAX_UNITS_PER_COLUMN = 32; // a letter has at most 8 combining marks: what is longer than this is also wider

/** Exactly so many columns: cut or filled with spaces. */
export function padText(text: DisplayText, columns: number, align: 'left' | 'right' = 'left'): DisplayText {
  const short = truncateEnd(text, columns);
  const fill = ' '.repeat(Math.max(0, columns - textWidth(short)));
  return (align === 'left' ? short + fill : fill + short) as DisplayText;
}

/** The end of a text in so many columns: `…tegory/name`, for paths. */
export function truncateStart(text: DisplayText, columns: number): DisplayText {
  return textWidth(text) <= columns ? text : truncateWithin(text, columns, 'start');
}

/** cli-truncate keeps a wide character whose first half still fits, so that its result is a column too wide: then it gets less room. */
function truncateWithin(text: string, columns: number, position: 'start' | 'end'): DisplayText {
  for (let room = columns; room > 0; room--) {
    const short = cliTruncate(text, room, { position }) as DisplayText;
    if (textWidth(short) <= columns) return short;
  }
  return '' as DisplayText;
}

const MIN_WRAP_COLUMNS = 8;

/** The text in lines of so many columns, broken at spaces where there are some. Later lines keep its indentation. */
export function wrapText(text: DisplayText, columns: number): readonly DisplayText[] {
  if (columns < MIN_WRAP_COLUMNS || textWidth(text) <= columns) return [text];
  const spaces = /^ */.exec(text)?.[0].length ?? 0;
  const indent = ' '.repeat(Math.min(spaces, Math.floor(columns / 2)));
  const lines = wrapAnsi(text.slice(spaces), columns - indent.length, { hard: true }).split('\n');
  return lines.map((line) => `${indent}${line}` as DisplayText);
}
