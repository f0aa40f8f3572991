/** The first quote of a text that breaks off, with the text up to the quote at its end. */
const QUOTED = [/"(?:[^"\\]|\\[\s\S])*"/y, /'(?:[^']|'')*'/y] as const;

/** Puts spaces before the lines of a text in quotes that goes over `at`, where YAML breaks it off: a line at the left, which PyYAML takes. The
 *  spaces are no part of its value. Undefined where no such text is there. */
export function indentQuoted(text: string, at: number): string | undefined {
  const begin = text.slice(0, at).search(/[^\n]*\n?[^\n]*$/);
  for (let start = begin; start < at; start++) {
    const found = quotedAt(text, start);
    if (found === undefined) continue;
    if (start + found.length > at) return indentLines(text, start, found);
    start += found.length - 1;
  }
  return undefined;
}

function quotedAt(text: string, start: number): string | undefined {
  if (!/[\s[{,:-]/.test(text[start - 1] ?? ' ')) return undefined;
  for (const pattern of QUOTED) {
    pattern.lastIndex = start;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  return undefined;
}

function indentLines(text: string, start: number, found: string): string | undefined {
  const [indent = ''] = /^[ -]*/.exec(text.slice(text.lastIndexOf('\n', start) + 1, start)) ?? [];
  const least = ' '.repeat(indent.length + 1);
  const indented = found.replace(/\n([ \t]*)(?=\S)/g, (_, before: string) => `\n${before.length > indent.length ? before : least}`);
  return indented === found ? undefined : `${text.slice(0, start)}${indented}${text.slice(start + found.length)}`;
}
