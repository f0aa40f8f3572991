/** Builds the text of a Handlebars template whose output is exact: Handlebars removes a line that holds one tag alone. */
export interface HandlebarsWriter {
  /** Text of the output. */
  text(text: string): void;
  /** `{{ value }}`. Handlebars removes no white space around it. */
  value(source: string): void;
  /** A tag of a block, or a comment. `ownLine`: it stood at the end of its line in the source. */
  tag(source: string, ownLine: boolean): void;
  finish(): string;
}

/** A writer for one template. */
export function createHandlebarsWriter(): HandlebarsWriter {
  let out = '';
  /** A tag that was just written at the beginning of a line; what follows decides whether it needs a line break. */
  let pending: { readonly ownLine: boolean } | undefined;
  /** White space that stands alone before a tag on its line. */
  let indent: { readonly at: number; readonly text: string } | undefined;
  const lineStart = (): string => out.slice(out.lastIndexOf('\n') + 1);
  const settle = (next: string): undefined => {
    if (pending === undefined) return;
    const isAlone = /^[ \t]*\r?\n/.test(next);
    if (indent !== undefined) {
      // the tag must not stand alone, or Handlebars removes the white space before it
      if (isAlone) out = `${out.slice(0, indent.at)}{{ raw "${indent.text}" }}${out.slice(indent.at + indent.text.length)}`;
    } else if (isAlone || pending.ownLine) out += '\n';
    pending = undefined;
    indent = undefined;
  };
  /** Handlebars reads a backslash before a tag as its own; two are one. */
  const protectBackslash = (): undefined => {
    if (out.endsWith('\\')) out += '\\';
  };
  return {
    text(text) {
      if (text === '') return;
      settle(text);
      out += escapeBraces(text);
    },
    value(source) {
      settle('x');
      protectBackslash();
      out += source;
    },
    tag(source, ownLine) {
      settle('{');
      const before = lineStart();
      if (/^[ \t]*$/.test(before)) {
        indent = before === '' ? undefined : { at: out.length - before.length, text: before };
        pending = { ownLine };
      }
      protectBackslash();
      out += source;
    },
    finish() {
      if (pending?.ownLine === true && indent === undefined) out += '\n';
      return out;
    },
  };
}

/** Text that Handlebars would read as a tag. */
const escapeBraces = (text: string): string =>
  text.replace(/(\\*)\{\{/g, (_, slashes: string) => (slashes === '' ? '\\{{' : `${slashes}\\{{ raw "{{" }}`));
