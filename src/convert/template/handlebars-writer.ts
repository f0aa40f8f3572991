/** Builds the text of a Handlebars template whose output is exact: Handlebars removes a line that holds one tag alone. */
export interface HandlebarsWriter {
  /** Text of the output. */
  text(text: string): void;
  /** `{{ value }}`. Handlebars removes no white space around it. */
  value(source: string): void;
  /** A tag of a block, or a comment. `ownLine`: it stood at the end of its line in the source. `counts`: whether Handlebars takes it for
   *  the beginning of a line, where that is not what is before it. */
  tag(source: string, ownLine: boolean, counts?: boolean): void;
  /** Tells, once the next tag is written with what follows it, whether nothing but white space is before it on its line. */
  watchLine(): () => boolean;
  finish(): string;
}

const LONG_LINE = 4096;

/** A writer for one template. */
export function createHandlebarsWriter(): HandlebarsWriter {
  /** What nothing changes any more, so that each step looks at the last lines alone. */
  const stored: string[] = [];
  /** Whether the part of the last line that is stored has more than white space. */
  let hasStoredText = false;
  let out = '';
  /** The end of the last tag that began its line. */
  let lineTag = 0;
  /** A tag that was just written at the beginning of a line; what follows decides whether it needs a line break. `inLine`: it is not at
   *  the beginning, but Handlebars takes it for that. */
  let pending: { readonly ownLine: boolean; readonly inLine?: true } | undefined;
  /** White space that stands alone before a tag on its line. */
  let indent: { readonly at: number; readonly text: string } | undefined;
  const marks = new Set<{ at: number; isBlank?: boolean }>();
  const lineStart = (end = out.length): string => out.slice(out.lastIndexOf('\n', end - 1) + 1, end);
  const isLineBlank = (end = out.length): boolean =>
    /^[ \t]*$/.test(lineStart(end)) && !(hasStoredText && !out.slice(0, end).includes('\n'));
  const keepIndent = ({ at, text }: { readonly at: number; readonly text: string }): undefined => {
    const kept = `{{ raw "${text}" }}`;
    out = out.slice(0, at) + kept + out.slice(at + text.length);
    for (const mark of marks) if (mark.at > at) mark.at += kept.length - text.length;
  };
  const settle = (next: string): undefined => {
    if (pending === undefined) return;
    const isAlone = /^[ \t]*\r?\n/.test(next);
    if (pending.inLine === true) out += isAlone ? '{{ raw "" }}' : '';
    else if (indent !== undefined) {
      // the tag must not stand alone, or Handlebars removes the white space before it
      if (isAlone) keepIndent(indent);
    } else if (isAlone || pending.ownLine) out += '\n';
    pending = undefined;
    indent = undefined;
  };
  const isBlank = (mark: { readonly at: number }): boolean => isLineBlank(mark.at);
  const storeUpTo = (end: number): undefined => {
    for (const mark of marks) {
      if (mark.isBlank === undefined && mark.at < end) mark.isBlank = isBlank(mark);
      mark.at -= end;
    }
    hasStoredText = !isLineBlank(end);
    lineTag = Math.max(0, lineTag - end);
    stored.push(out.slice(0, end));
    out = out.slice(end);
  };
  const storeLines = (): undefined => {
    const end = out.lastIndexOf('\n') + 1;
    if (end > 0 && pending === undefined) storeUpTo(end);
  };
  /** A long line is stored too, but for the characters that what follows is compared with. */
  const storeLongLine = (): undefined => {
    const end = out.length - 2;
    if (end > LONG_LINE && pending === undefined && !isLineBlank(end) && /[^ \t]/.test(out.slice(lineTag, end))) storeUpTo(end);
  };
  /** Handlebars reads a backslash before a tag as its own; two are one. A brace before a tag would be a part of it. */
  const protectEnd = (): undefined => {
    if (out.endsWith('\\')) out += '\\';
    else if (out.endsWith('{')) out = `${out.slice(0, -1)}{{ raw "{" }}`;
  };
  return {
    text(text) {
      if (text === '') return;
      settle(text);
      const isBehindTag = out.endsWith('}}') && text.startsWith('}');
      out += isBehindTag ? `{{ raw "}" }}${escapeBraces(text.slice(1))}` : escapeBraces(text);
      storeLines();
    },
    value(source) {
      settle('x');
      protectEnd();
      out += source;
      storeLongLine();
    },
    watchLine() {
      settle('{');
      const mark: { at: number; isBlank?: boolean } = { at: out.length };
      marks.add(mark);
      return () => {
        marks.delete(mark);
        return mark.isBlank ?? isBlank(mark);
      };
    },
    tag(source, ownLine, counts) {
      settle('{');
      const before = lineStart();
      const begins = isLineBlank();
      if (counts === true && !begins) pending = { ownLine: false, inLine: true };
      else if (begins && counts !== false) {
        indent = before === '' ? undefined : { at: out.length - before.length, text: before };
        pending = { ownLine };
      }
      protectEnd();
      out += source;
      if (pending !== undefined) lineTag = out.length;
      storeLongLine();
    },
    finish() {
      const tail = lineTag > 0 ? out.slice(lineTag) : '';
      if (/^[ \t]+$/.test(tail)) out = `${out.slice(0, lineTag)}{{ raw "${tail}" }}`; // the end of the text counts as one of a line
      if (pending !== undefined && indent !== undefined) settle('\n');
      else if (pending?.inLine === true) settle('\n');
      else if (pending?.ownLine === true) out += '\n';
      return stored.join('') + out;
    },
  };
}

/** Text that Handlebars would read as a tag. */
const escapeBraces = (text: string): string =>
  text.replace(/(\\*)\{\{/g, (_, slashes: string) => (slashes === '' ? '\\{{' : `${slashes}\\{{ raw "{{" }}`));
