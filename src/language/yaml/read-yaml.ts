import { Lexer, parseAllDocuments } from 'yaml';
import { SwarmError } from '../../core/error.ts';
import { convert, MAX_DEPTH } from './convert-document.ts';
import { sourceOf } from './node-positions.ts';
import { type Lines, linesOf, type Source } from './source-document.ts';
import { syntaxProblems } from './syntax-problems.ts';

const MAX_BYTES = 1024 * 1024;

export interface Reading {
  readonly source: Source;
  readonly problems: readonly SwarmError[];
}

/** YAML 1.2 (core schema, `<<` merges) with positions. Never throws: what is wrong is in `problems`, and then `value` may be undefined. */
export function readYaml(input: string | Uint8Array, file: string): Reading {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  const text = typeof input === 'string' ? input : Buffer.from(input.subarray(0, MAX_BYTES)).toString('utf8');
  const lines = linesOf(file, text);
  const refuse = (problem: SwarmError): Reading => ({ source: sourceOf(lines, undefined, undefined, new Map()), problems: [problem] });
  if (size > MAX_BYTES) {
    const message = `${(size / MAX_BYTES).toFixed(1)} MiB: a file may have 1 MiB`;
    return refuse(new SwarmError('SW1008', message, { at: lines.span(0, 1) }));
  }
  const badBytes = encodingProblem(input, lines);
  if (badBytes !== undefined) return refuse(badBytes);
  const deep = tooDeep(text);
  if (deep !== undefined) return refuse(depthProblem(lines, deep));
  try {
    return compose(lines);
  } catch (thrown) {
    // the library throws RangeError and ReferenceError too
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return refuse(new SwarmError('SW1002', `this cannot be read as YAML: ${reason}`, { at: lines.span(0, 1) }));
  }
}

function compose(lines: Lines): Reading {
  const documents = parseAllDocuments(lines.text, {
    version: '1.2',
    schema: 'core',
    merge: false, // done here, with positions
    uniqueKeys: false, // checked here, with both lines
    intAsBigInt: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return { source: sourceOf(lines, undefined, undefined, new Map()), problems: [] };
  const [first, second] = documents;
  if (first === undefined) return { source: sourceOf(lines, null, undefined, new Map()), problems: [] };
  const syntax = syntaxProblems(
    lines,
    documents.flatMap((each) => [...each.errors, ...each.warnings]),
  );
  if (syntax.length > 0) return { source: sourceOf(lines, undefined, first.contents, new Map()), problems: syntax };
  const { value, problems, targets } = convert(lines, first.contents);
  if (second !== undefined) {
    const from = first.contents?.range?.[1] ?? 0;
    const dashes = lines.text.slice(from).search(/^---(?=\s|$)/m);
    const start = dashes < 0 ? second.range[0] : from + dashes;
    const hint = 'one document a file: move it to a file of its own';
    problems.push(new SwarmError('SW1009', 'a second document starts here', { at: lines.span(start, start + 3), hint }));
  }
  return { source: sourceOf(lines, problems.length > 0 ? undefined : value, first.contents, targets), problems };
}

function encodingProblem(input: string | Uint8Array, lines: Lines): SwarmError | undefined {
  const bytes = typeof input === 'string' ? undefined : input;
  const again = bytes === undefined ? undefined : Buffer.from(lines.text, 'utf8');
  let bad = bytes === undefined || again === undefined || again.equals(bytes) ? -1 : bytes.findIndex((byte, i) => again[i] !== byte);
  if (bad < 0) bad = bytes === undefined ? lines.text.indexOf('\0') : bytes.indexOf(0);
  if (bad < 0) return undefined;
  const offset = again === undefined ? bad : again.subarray(0, bad).toString('utf8').length;
  const byte = (bytes?.[bad] ?? 0).toString(16).toUpperCase().padStart(2, '0');
  const message = `this file is not UTF-8 (byte 0x${byte} at offset ${bad})`;
  return new SwarmError('SW1010', message, { at: lines.span(offset, offset + 1), hint: 'convert it: iconv -f latin1 -t utf-8' });
}

const depthProblem = (lines: Lines, offset: number): SwarmError =>
  new SwarmError('SW1008', `nested deeper than ${MAX_DEPTH} levels`, { at: lines.span(offset, offset + 1) });

/** Where brackets or dashes on one line nest too deep; looked for before anything recursive sees the text. */
function tooDeep(text: string): number | undefined {
  if ((text.match(/[[{]/g)?.length ?? 0) <= MAX_DEPTH && !/(?:[-?:][ \t]+){50}/.test(text)) return undefined;
  let depth = 0;
  let run = 0;
  let offset = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    if (scalar) scalar = false;
    else if (token === '\x1f') {
      scalar = true;
      continue;
    } else if (token === '\x02' || token === '\x18') continue;
    else if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    else if (token === '-' || token === '?' || token === ':') run++;
    else if (token.includes('\n')) run = 0;
    if (depth + (depth > 0 ? 0 : run) > MAX_DEPTH) return offset;
    offset += token.length;
  }
  return undefined;
}
