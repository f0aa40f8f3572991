/** A position in a file that a person wrote. Lines and columns count from 1; `text` is the whole line. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string;
}

/** The line with carets under the exact range, as rustc draws it. */
export function formatSourceFrame(span: Span): string {
  const number = String(span.line);
  const gutter = ' '.repeat(number.length);
  const lead = span.text.slice(0, span.column - 1).replace(/[^\t]/g, ' ');
  const carets = '^'.repeat(Math.max(1, Math.min(span.length, span.text.length - span.column + 1)));
  return [
    `${gutter}--> ${span.file}:${span.line}:${span.column}`,
    `${gutter} |`,
    `${number} | ${span.text}`,
    `${gutter} | ${lead}${carets}`,
  ].join('\n');
}
