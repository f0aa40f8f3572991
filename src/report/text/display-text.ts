import { isWide } from './wide-characters.ts';

/** Text that may stand on a terminal: it cannot move the cursor, hide or reorder anything. Only this file makes it. */
export type Display = string & { readonly __display: true };

const ESCAPES =
  // CSI · then OSC, DCS, SOS, PM, APC with their text (at most 4 KiB, never beyond the line) · then any other ESC sequence
  /(?:\x1b\[|\x9b)[0-?]{0,4096}[ -/]{0,64}[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\x18\x1a\n]{0,4096}(?:\x07|\x1b\\|[\x9c\x18\x1a])?|\x1b[ -/]{0,64}[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g; // all but \t \n, and \r which is looked at next
const INVISIBLE = /(?![\ufe0e\ufe0f])[\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu; // bidi controls, zero-width characters, fillers
const HALF = /\p{Cs}/gu; // a surrogate without its other half
const MARKS = /(\p{M}{8})\p{M}+/gu;
const BARE_MARK = /(?<=^|[\n\t])(?=\p{M})/gu;
const PLAIN = /^[\n\t -~]*$/;

/** Cleans what a host printed or named. Escape sequences and control characters go, `\r` leaves the last state of its line, what is
 *  invisible is shown as `<U+202E>`, at most 8 combining marks stay on a letter. `\n` and `\t` stay. Cleaning twice changes nothing. */
export function toDisplay(text: string): Display {
  if (PLAIN.test(text)) return text as Display;
  const bare = text.replace(ESCAPES, '').replace(CONTROLS, '');
  const settled = bare.includes('\r') ? bare.split('\n').map(lastState).join('\n') : bare;
  return settled
    .replace(HALF, '\ufffd')
    .replace(INVISIBLE, (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
    .replace(MARKS, '$1')
    .replace(BARE_MARK, '◌') as Display;
}

const lastState = (line: string): string => line.split('\r').findLast((part) => part !== '') ?? '';

/** As `toDisplay`, in one line: tabs go to the next multiple of 8, line ends become spaces. */
export function oneLine(text: string): Display {
  const clean = toDisplay(text);
  if (!clean.includes('\t') && !clean.includes('\n')) return clean;
  const parts = clean.replaceAll('\n', ' ').split('\t');
  const last = parts.pop() ?? '';
  return (parts.map((part) => part + ' '.repeat(8 - (width(part as Display) % 8))).join('') + last) as Display;
}

/** The lines of a text, each cleaned. */
export function linesOf(text: string): readonly Display[] {
  return toDisplay(text).split('\n').map(oneLine);
}

/** A template whose fixed text is ours and whose values are cleaned, each to one line. */
export function show(fixed: TemplateStringsArray, ...values: readonly (string | number)[]): Display {
  return fixed.reduce((text, part, index) => text + oneLine(String(values[index - 1])) + part) as Display;
}

/** Pieces in a row. */
export function join(pieces: readonly Display[], between = ' '): Display {
  return pieces.join(between) as Display;
}

/** Columns that the text takes: 2 for wide characters and emoji, 0 for combining marks. */
export function width(text: Display): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

const MARK = /^[\p{Mn}\p{Me}]$/u;

function widthOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x300) return 1;
  if (point === 0xfe0f) return 1; // turns the narrow character before it into an emoji of two columns
  if (MARK.test(character)) return 0;
  return isWide(point) ? 2 : 1;
}

/** The beginning of a text in so many columns; what was shortened ends in `…`. */
export function cut(text: Display, columns: number): Display {
  if (text.length <= columns && /^[ -~]*$/.test(text)) return text;
  if (width(text) <= columns) return text;
  if (columns <= 0) return '' as Display;
  let room = columns - 1;
  let end = 0;
  for (const character of text) {
    room -= widthOf(character);
    if (room < 0) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…` as Display;
}

/** Exactly so many columns: cut or filled with spaces. */
export function pad(text: Display, columns: number, align: 'left' | 'right' = 'left'): Display {
  const short = cut(text, columns);
  const fill = ' '.repeat(Math.max(0, columns - width(short)));
  return (align === 'left' ? short + fill : fill + short) as Display;
}

/** The end of a text in so many columns: `…tegory/name`, for paths. */
export function cutStart(text: Display, columns: number): Display {
  if (width(text) <= columns) return text;
  const characters = [...text];
  let room = columns - 1;
  let start = characters.length;
  while (start > 0) {
    room -= widthOf(characters[start - 1] ?? '');
    if (room < 0) break;
    start--;
  }
  return columns <= 0 ? ('' as Display) : (`…${characters.slice(start).join('')}` as Display);
}

/** The text in lines of so many columns, broken at spaces where there are some; later lines keep its indentation. */
export function wrap(text: Display, columns: number): readonly Display[] {
  if (columns < 8 || width(text) <= columns) return [text];
  const indent = ' '.repeat(Math.min(/^ */.exec(text)?.[0].length ?? 0, Math.floor(columns / 2)));
  const lines: string[] = [];
  let line = '';
  let used = 0;
  let space = -1; // after which the line may be broken
  for (const character of text) {
    if (used + widthOf(character) > columns) {
      const at = space > indent.length ? space : line.length;
      lines.push(line.slice(0, at).trimEnd());
      line = indent + line.slice(at);
      used = width(line as Display);
      space = -1;
    }
    line += character;
    used += widthOf(character);
    if (character === ' ') space = line.length;
  }
  return [...lines, line] as Display[];
}
