import { createRequire } from 'node:module';

// The only file that knows the parser inside Handlebars: its path in the package, the nodes of its tree, and the text of its errors. The
// package exports the parser only together with the whole library, which takes three times as long to load.

/** A node of the parser's tree, with the fields that swarm reads. */
export interface HandlebarsNode {
  readonly type: string;
  readonly loc: { readonly start: Position; readonly end: Position };
  readonly value?: unknown;
  readonly path?: HandlebarsNode;
  readonly params?: readonly HandlebarsNode[];
  readonly hash?: HandlebarsNode;
  /** Of a hash: `name=value`. */
  readonly pairs?: readonly { readonly key: string; readonly value: HandlebarsNode }[];
  readonly program?: HandlebarsProgram;
  readonly inverse?: HandlebarsProgram;
  readonly data?: boolean;
  readonly depth?: number;
  readonly parts?: readonly string[];
  readonly original?: unknown;
  /** Of a partial. */
  readonly name?: HandlebarsNode;
  readonly indent?: string;
}
type Position = { readonly line: number; readonly column: number };
/** The statements of a template or of a block. */
export type HandlebarsProgram = { readonly body: readonly HandlebarsNode[]; readonly blockParams?: readonly string[] };

/** Where the parser stopped; `message` where it says why in words. */
export interface ParseFailure {
  readonly start: number;
  readonly end: number;
  readonly message?: string;
}

type ParserError = Error & { readonly lineNumber?: number; readonly column?: number; readonly endColumn?: number };

let parser: ((text: string) => HandlebarsProgram) | undefined;

/** Parses a template. The parser is loaded with the first one. */
export function parseHandlebars(text: string): HandlebarsProgram | ParseFailure {
  if (parser === undefined) {
    const require = createRequire(import.meta.url);
    parser = (require('handlebars/dist/cjs/handlebars/compiler/base.js') as { parse: (text: string) => HandlebarsProgram }).parse;
  }
  try {
    return parser(text);
  } catch (thrown) {
    return toFailure(text, thrown as ParserError);
  }
}

/** Handlebars' own errors have a line and a column; those of its grammar have a drawing. */
function toFailure(text: string, { message, lineNumber, column = 0, endColumn = 0 }: ParserError): ParseFailure {
  if (lineNumber === undefined) {
    const start = findErrorOffset(text, message);
    return { start, end: start };
  }
  const start = toOffset(text, { line: lineNumber, column });
  const words = message.replace(/ - \d+:\d+$/, '').replace(/^(\S+) doesn't match (\S+)$/, '`{{#$1}}` is closed by `{{/$2}}`');
  return { start, end: start + Math.max(1, endColumn - column), message: words };
}

/** The grammar's error shows 20 characters before the caret and 20 after it, without line ends. They are searched for in the text. */
function findErrorOffset(text: string, message: string): number {
  const [, excerpt = '', arrow = ''] = message.split('\n');
  const caret = arrow.indexOf('^');
  const before = excerpt.slice(0, caret).replace(/^\.\.\./, '');
  const after = excerpt.slice(caret).replace(/\.\.\.$/, '');
  const offsets: number[] = [];
  let flat = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\n' || text[i] === '\r') continue;
    flat += text[i];
    offsets.push(i);
  }
  const found = flat.indexOf(before + after);
  return found < 0 ? Math.max(0, text.indexOf('{{')) : (offsets[found + before.length] ?? text.length);
}

/** A line from 1 and a column from 0 to an offset. */
export const toOffset = (text: string, { line, column }: Position): number => (listLineStarts(text)[line - 1] ?? 0) + column;

/** Of the text that was asked for last: each value of a template asks for its lines. */
let lastLines: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] };

function listLineStarts(text: string): readonly number[] {
  if (lastLines.text === text) return lastLines.starts;
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  lastLines = { text, starts };
  return starts;
}
