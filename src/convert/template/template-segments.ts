import { rejectConversion } from '../not-convertible.ts';

/** A piece of a Jinja template. The white space that Jinja removes is gone from the texts. */
export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'value' | 'statement' | 'comment';
      readonly text: string;
      readonly source: string;
      readonly newlineCut: boolean;
      readonly line: number;
    };

export interface WhitespaceRules {
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
}

/** What Ansible sets. */
export const ANSIBLE_WHITESPACE: WhitespaceRules = { trimBlocks: true, lstripBlocks: false };

const MAX_SEGMENTS = 50_000;
const OPENINGS: Readonly<Record<string, { readonly kind: 'value' | 'statement' | 'comment'; readonly close: string }>> = {
  '{{': { kind: 'value', close: '}}' },
  '{%': { kind: 'statement', close: '%}' },
  '{#': { kind: 'comment', close: '#}' },
};

/** Splits a template. `{% raw %}` becomes text. Throws NotConvertible for a tag that is not closed. */
export function splitTemplate(source: string, rules: WhitespaceRules): readonly Segment[] {
  const segments: Segment[] = [];
  const opening = /\{\{|\{%|\{#/g;
  let at = 0;
  let strip: 'none' | 'all' | 'newline' = 'none';
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    line += source.slice(counted, offset).split('\n').length - 1;
    counted = offset;
    return line;
  };
  const addText = (end: number, stripEnd: 'none' | 'all' | 'line'): undefined => {
    let text = source.slice(at, end);
    if (strip === 'all') text = text.replace(/^\s+/, '');
    else if (strip === 'newline') text = text.replace(/^\r?\n/, '');
    if (stripEnd === 'all') text = text.replace(/\s+$/, '');
    else if (stripEnd === 'line') text = stripIndent(text, segments.length === 0 || strip === 'newline');
    if (text !== '') segments.push({ kind: 'text', text });
  };
  for (let match = opening.exec(source); match !== null; match = opening.exec(source)) {
    const found = OPENINGS[match[0]];
    if (found === undefined) break;
    const start = match.index;
    const mark = source[start + 2];
    const end = findClose(source, start + 2, found);
    const closeMark = source[end - 1];
    const inner = source
      .slice(start + 2, end)
      .replace(/^[-+]/, '')
      .replace(/[-+]$/, '');
    addText(start, mark === '-' ? 'all' : rules.lstripBlocks && mark !== '+' && found.kind !== 'value' ? 'line' : 'none');
    at = end + 2;
    const trims = rules.trimBlocks && found.kind !== 'value' && closeMark !== '+';
    const newlineCut =
      (closeMark === '-' && found.kind !== 'comment' ? /^\s*\n/ : /^\r?\n/).test(source.slice(at, at + 200)) &&
      (trims || closeMark === '-');
    strip = closeMark === '-' ? 'all' : trims ? 'newline' : 'none';
    opening.lastIndex = at;
    if (found.kind === 'statement' && inner.trim() === 'raw') {
      const raw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
      raw.lastIndex = at;
      const close = raw.exec(source) ?? rejectConversion('{% raw %} is not closed');
      addText(close.index, close[1] === '-' ? 'all' : 'none');
      at = close.index + close[0].length;
      strip = close[2] === '-' ? 'all' : rules.trimBlocks ? 'newline' : 'none';
      opening.lastIndex = at;
    } else {
      segments.push({ kind: found.kind, text: inner.trim(), source: source.slice(start, end + 2), newlineCut, line: lineAt(start) });
    }
    if (segments.length > MAX_SEGMENTS) rejectConversion(`a template with more than ${MAX_SEGMENTS} parts`);
  }
  addText(source.length, 'none');
  return segments;
}

/** White space between the beginning of the line and a tag, where nothing else stands there. */
const stripIndent = (text: string, atLineStart: boolean): string =>
  /\n[ \t]*$/.test(text) ? text.replace(/[ \t]+$/, '') : atLineStart && /^[ \t]*$/.test(text) ? '' : text;

/** The offset of what closes a tag, outside strings and braces. */
function findClose(source: string, from: number, { kind, close }: { readonly kind: string; readonly close: string }): number {
  if (kind === 'comment') {
    const end = source.indexOf(close, from);
    return end < 0 ? rejectConversion('{# is not closed') : end;
  }
  let depth = 0;
  for (let i = from; i < source.length; i++) {
    const char = source[i];
    if (char === '"' || char === "'") {
      i = endOfString(source, i);
    } else if (depth === 0 && source.startsWith(close, i)) return i;
    else if (char === '{') depth++;
    else if (char === '}') depth = Math.max(0, depth - 1);
  }
  return rejectConversion(`${kind === 'value' ? '{{' : '{%'} is not closed`);
}

function endOfString(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === source[start]) return i;
  }
  return rejectConversion('a string is not closed');
}
