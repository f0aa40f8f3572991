import type { ErrorCode, YAMLError } from 'yaml';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { SourceText } from './source-document.ts';
import { tagHint } from './tag-hint.ts';
import { yamlTokens } from './yaml-tokens.ts';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'this alias is not well-formed',
  BAD_COLLECTION_TYPE: 'the tag and the value are of different kinds',
  BAD_DIRECTIVE: 'unknown directive',
  BAD_DQ_ESCAPE: 'unknown escape in double quotes',
  BAD_SCALAR_START: 'a plain text cannot start with this character',
  BLOCK_IN_FLOW: 'a block cannot start inside [ ] or { }',
  DUPLICATE_KEY: 'this key appears twice',
  KEY_OVER_1024_CHARS: 'a key may have at most 1024 characters',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; a quote, a bracket or a `:` may be missing',
  MULTIPLE_ANCHORS: 'a value may have one anchor',
  MULTIPLE_TAGS: 'a value may have one tag',
  TAG_RESOLVE_FAILED: 'this tag is not supported',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'Write \\\\ for a backslash, or use single quotes.',
  BAD_INDENT: 'Start all entries of one list or mapping in the same column.',
  BAD_SCALAR_START: 'Put the whole value in quotes.',
};

/** The problems of the library's errors. The errors after the first one mostly follow from it, so only tabs and unquoted
 *  templates are reported with it, and it is left out next to one of them. */
export function toSyntaxProblems(sourceText: SourceText, errors: readonly YAMLError[]): SwarmError[] {
  const problems = new Map<string, SwarmError>();
  let first = true;
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const problem = toSyntaxProblem(sourceText, error);
    if (problem.code === 'SW1002') {
      if (!first) continue;
      first = false;
    }
    const key = `${problem.code}:${problem.at?.line}`;
    if (!problems.has(key)) problems.set(key, problem);
  }
  const all = [...problems.values()];
  const markedLines = all.flatMap(({ code, at }) => (code === 'SW1002' || at === undefined ? [] : [at.line]));
  return all.filter(({ code, at }) => code !== 'SW1002' || !markedLines.some((line) => Math.abs(line - (at?.line ?? 0)) <= 1));
}

function toSyntaxProblem(sourceText: SourceText, error: YAMLError): SwarmError {
  const [start, end] = error.pos;
  const at = sourceText.span(start, end);
  const lineStart = start - (at.column - 1);
  if (error.code === 'TAG_RESOLVE_FAILED') {
    const message = `tag \`${sourceText.text.slice(start, end)}\` is not supported`;
    return new SwarmError('SW1006', message, { at, hint: tagHint(at.text) });
  }
  if (error.code === 'TAB_AS_INDENT' || /^ *\t/.test(at.text)) {
    const tab = lineStart + at.text.indexOf('\t');
    return new SwarmError('SW1001', 'tabs cannot indent YAML', {
      at: sourceText.span(tab, tab + 1),
      hint: 'Replace the tab with two spaces.',
    });
  }
  const templateStart = findTemplate(sourceText.text, lineStart, at.text);
  if (templateStart !== undefined) return unquotedTemplateError(sourceText, templateStart);
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') {
    const hint = findQuoteHint(at.text, at.column - 1) ?? 'Put the text in quotes.';
    return new SwarmError('SW1002', 'a second `:` makes this a nested mapping', {
      at: sourceText.span(start, start + restOfLineLength(sourceText, start)),
      hint,
    });
  }
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message))
    return missingQuoteError(sourceText, start, error.message.includes('"') ? '"' : "'");
  if (/^Flow (?:map|sequence)/.test(error.message)) return openBracketError(sourceText, start);
  const message = MESSAGES[error.code] ?? lowerFirst(error.message);
  return new SwarmError('SW1002', message, { at, hint: HINTS[error.code] });
}

function missingQuoteError(sourceText: SourceText, end: number, quote: string): SwarmError {
  const opening = new RegExp(`(?:^|[\\s,:[{])(${quote})(?=[^${quote}]*$)`).exec(sourceText.text.slice(0, end));
  const start = opening === null ? end : opening.index + opening[0].length - 1;
  const hint = `Write ${quote} where the text ends.`;
  return new SwarmError('SW1002', `a closing ${quote} is missing`, { at: sourceText.span(start, start + 1), hint });
}

/** The caret under the innermost bracket that is still open where the reader gave up. */
function openBracketError(sourceText: SourceText, end: number): SwarmError {
  const opening = findOpenBracket(sourceText.text, end);
  if (opening === undefined) {
    const hint = 'Close every { with } and every [ with ].';
    return new SwarmError('SW1002', 'a bracket before this point is not closed', { at: sourceText.span(end, end + 1), hint });
  }
  const bracket = sourceText.text.charAt(opening);
  const at = sourceText.span(opening, opening + 1);
  return new SwarmError('SW1002', `this ${bracket} is not closed`, { at, hint: `Write ${CLOSING[bracket]} where its last value ends.` });
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };

function findOpenBracket(text: string, end: number): number | undefined {
  const open: number[] = [];
  for (const { token, offset } of yamlTokens(text)) {
    if (offset >= end) break;
    if (token === '[' || token === '{') open.push(offset);
    else if (token === ']' || token === '}') open.pop();
  }
  return open.at(-1);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const restOfLineLength = (sourceText: SourceText, start: number): number =>
  /^[^\r\n]*/.exec(sourceText.text.slice(start, start + 1000))?.[0].trimEnd().length ?? 1;

/** `put the text in quotes: name: "build: firefox"`. */
function findQuoteHint(line: string, column: number): string | undefined {
  const key = /([\w.-]+:\s+)$/.exec(line.slice(0, column))?.[1];
  const value = line.slice(column).trimEnd();
  return key === undefined || value.includes('"') ? undefined : `Put the text in quotes: ${key}"${value}"`;
}

/** Where on this line a value starts with `{{` outside quotes. */
function findTemplate(text: string, lineStart: number, line: string): number | undefined {
  const match = /(?:^\s*|[:,-]\s+|[[{]\s*)(?=\{\{)/.exec(line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, (quote) => '"'.repeat(quote.length)));
  if (match === null) return undefined;
  const start = lineStart + match.index + match[0].length;
  return startsTemplate(text, start) ? start : undefined;
}

/** Whether the flow mapping that starts at (or just before) this offset is `{{`. */
export function startsTemplate(text: string, offset: number): boolean {
  return text.startsWith('{{', offset) || text.startsWith('{{', offset - 1);
}

/** SW1003: the caret under `{{ … }}`, the hint with the value in quotes. */
export function unquotedTemplateError(sourceText: SourceText, offset: number): SwarmError {
  const start = sourceText.text.startsWith('{{', offset) ? offset : offset - 1;
  const line = sourceText.span(start, start + 2);
  const tail = line.text.slice(line.column - 1).replace(/\s+#.*$/, '');
  const close = tail.indexOf('}}');
  const length = close < 0 ? 2 : close + 2;
  const key = /([\w.-]+:\s+)$/.exec(line.text.slice(0, line.column - 1))?.[1];
  const value = tail.trimEnd();
  const hint =
    key === undefined || /["{}[\]]/.test(value.replace(/\{\{|\}\}/g, ''))
      ? 'Put the whole value in double quotes.'
      : `Write: ${key}"${value}"`;
  const message = 'an unquoted `{{` starts a YAML mapping, not a template';
  return new SwarmError('SW1003', message, { at: sourceText.span(start, start + length), hint });
}
