import type { Span } from '../../core/span.ts';

/** Keys and indexes from the top of a document to a value. */
export type KeyPath = readonly PropertyKey[];

/** A document: its value, and the position of each part. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** The position of the value, or of the nearest one that exists. */
  valueSpan(path: KeyPath): Span;
  /** The position of the key of a value; for an entry of a list, of the entry itself. */
  keySpan(path: KeyPath): Span;
  /** A range of the characters of a text value, escapes and folded lines taken into account. */
  textSpan(path: KeyPath, start: number, end: number): Span;
}

/** Offsets of a text to lines and columns. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** The range, cut at the end of its first line. */
  span(start: number, end: number): Span;
}

/** A text of a file, which knows the line and column of each of its parts. */
export function createSourceText(file: string, text: string): SourceText {
  let starts: number[] | undefined;
  const contents = new Map<number, { readonly content: string; readonly shown: string }>();
  const readLine = (line: number, from: number, to: number) => {
    const content = text.slice(from, to).replace(/\r$/, '');
    const known = { content, shown: showControls(content) };
    contents.set(line, known);
    return known;
  };
  return {
    file,
    text,
    span(start, end) {
      starts ??= findLineStarts(text);
      const from = Math.min(Math.max(0, start), text.length);
      const line = findLine(starts, from);
      const contentStart = starts[line] ?? 0;
      const { content, shown } = contents.get(line) ?? readLine(line, contentStart, (starts[line + 1] ?? text.length + 1) - 1);
      const length = Math.max(1, Math.min(end, contentStart + content.length) - from);
      return { file, line: line + 1, column: from - contentStart + 1, length, text: shown };
    },
  };
}

/** Control characters as their pictures, one for one, so that columns stay right: a CR in an excerpt would let a terminal write over it. */
const showControls = (text: string): string =>
  text.replace(/[\0-\x08\x0a-\x1f]/g, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0)));

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A range inside a text of one line whose span is known: exact where the file has the text as it is, else the whole span. */
export function narrowSpan(span: Span, text: string, start: number, end: number): Span {
  for (const lead of [0, 1]) {
    const from = span.column - 1 + lead;
    if (span.text.startsWith(text, from)) return { ...span, column: from + start + 1, length: Math.max(1, end - start) };
  }
  return span;
}
