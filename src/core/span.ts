import { isAbsolute, relative } from 'node:path';

/** A position in a file that a person wrote. Lines and columns count from 1; `text` is the whole line. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string;
}

/** How many characters of a long line are shown, and how many of them stand before the range. */
const SHOWN_CHARACTERS = 120;
const LEADING_CHARACTERS = 40;

/** The line with carets under the exact range, as rustc draws it; of a long line only what is around the range. */
export function formatSourceFrame(span: Span): string {
  const number = String(span.line);
  const gutter = ' '.repeat(number.length);
  const { text, column } = cutAround(span);
  const lead = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(span.length, text.length - column + 1)));
  return [
    `${gutter}--> ${shortenPath(span.file)}:${span.line}:${span.column}`,
    `${gutter} |`,
    `${number} | ${text}`,
    `${gutter} | ${lead}${carets}`,
  ].join('\n');
}

/** A file below the current folder is named as a person would type it there. */
function shortenPath(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path === '' || path.startsWith('..') ? file : path;
}

/** A long line cut on both sides, and the column of the range in what is left. */
function cutAround({ text, column }: Span): { readonly text: string; readonly column: number } {
  if (text.length <= SHOWN_CHARACTERS) return { text, column };
  const from = Math.max(0, Math.min(column - 1 - LEADING_CHARACTERS, text.length - SHOWN_CHARACTERS));
  const mark = from > 0 ? '…' : '';
  const part = text.slice(from, from + SHOWN_CHARACTERS).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, ' '); // half a character
  return { text: `${mark}${part}${from + SHOWN_CHARACTERS < text.length ? '…' : ''}`, column: column - from + mark.length };
}
