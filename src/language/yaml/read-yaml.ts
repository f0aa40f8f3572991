import { parseAllDocuments } from 'yaml';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { convertDocument, MAX_YAML_DEPTH } from './convert-document.ts';
import { createSourceDocument } from './node-positions.ts';
import { createSourceText, type SourceDocument, type SourceText } from './source-document.ts';
import { toSyntaxProblems } from './syntax-problems.ts';
import { dropByteOrderMark, findEncodingProblem } from './text-encoding.ts';
import { yamlTokens } from './yaml-tokens.ts';

/** A file of YAML may have so many. */
export const MAX_YAML_BYTES = 1024 * 1024;

export interface YamlResult {
  readonly source: SourceDocument;
  readonly problems: readonly SwarmError[];
}

/** YAML 1.2 (core schema, `<<` merges) with positions. Never throws: errors are in `problems`, and then `value` may be undefined, or be what was
 *  meant where single values are wrong. `isVars`:
 *  a mapping is variables. */
export function readYaml(input: string | Uint8Array, file: string, isVars = false): YamlResult {
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength;
  // with the mark, the library counts the first line from another column, and reads no list
  const text = dropByteOrderMark(typeof input === 'string' ? input : Buffer.from(input.subarray(0, MAX_YAML_BYTES)).toString('utf8'));
  const sourceText = createSourceText(file, text);
  const reject = (problem: SwarmError): YamlResult => ({
    source: createSourceDocument(sourceText, undefined, undefined, new Map()),
    problems: [problem],
  });
  if (size > MAX_YAML_BYTES) {
    const message = `${(size / MAX_YAML_BYTES).toFixed(1)} MiB: a file may have at most 1 MiB`;
    return reject(new SwarmError('SW1008', message, { at: sourceText.span(0, 1) }));
  }
  const encodingError = findEncodingProblem(input, sourceText);
  if (encodingError !== undefined) return reject(encodingError);
  const deepOffset = findTooDeep(text);
  if (deepOffset !== undefined) return reject(tooDeepError(sourceText, deepOffset));
  try {
    return parseDocuments(sourceText, isVars);
  } catch (thrown) {
    // the library throws RangeError and ReferenceError too
    if (thrown instanceof RangeError && OUT_OF_STACK.test(thrown.message)) return reject(tooDeepError(sourceText, 0));
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return reject(new SwarmError('SW1002', `this cannot be read as YAML: ${reason}`, { at: sourceText.span(0, 1) }));
  }
}

function parseDocuments(sourceText: SourceText, isVars: boolean): YamlResult {
  const documents = parseAllDocuments(sourceText.text, {
    version: '1.2',
    schema: 'core',
    merge: false, // convert-document.ts merges, with positions
    uniqueKeys: false, // convert-document.ts checks them, and names both lines
    intAsBigInt: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (!Array.isArray(documents)) return { source: createSourceDocument(sourceText, undefined, undefined, new Map()), problems: [] };
  const [first, second] = documents;
  if (first === undefined) return { source: createSourceDocument(sourceText, null, undefined, new Map()), problems: [] };
  const found = documents.flatMap((each) => [...each.errors, ...each.warnings]);
  const overflow = found.find(({ message }) => OUT_OF_STACK.test(message));
  const syntax = overflow === undefined ? toSyntaxProblems(sourceText, found) : [tooDeepError(sourceText, overflow.pos[0])];
  if (syntax.length > 0) return { source: createSourceDocument(sourceText, undefined, first.contents, new Map()), problems: syntax };
  const { value, problems, wrongValues, aliasTargets } = convertDocument(sourceText, first.contents, isVars);
  if (second !== undefined) {
    const from = first.contents?.range?.[1] ?? 0;
    const dashes = sourceText.text.slice(from).search(/^---(?=\s|$)/m);
    const start = dashes < 0 ? second.range[0] : from + dashes;
    const hint = 'Move it to a file of its own.';
    problems.push(new SwarmError('SW1009', 'a second document starts here', { at: sourceText.span(start, start + 3), hint }));
  }
  const read = problems.length > 0 ? undefined : value;
  return { source: createSourceDocument(sourceText, read, first.contents, aliasTargets), problems: [...problems, ...wrongValues] };
}

/** What the library says of indents that nest too deep: unlike brackets they are not counted before. */
const OUT_OF_STACK = /call stack/i;

const tooDeepError = (sourceText: SourceText, offset: number): SwarmError =>
  new SwarmError('SW1008', `nested deeper than ${MAX_YAML_DEPTH} levels`, { at: sourceText.span(offset, offset + 1) });

/** The offset where brackets or dashes on one line nest too deep. Checked before any recursive code reads the text. */
function findTooDeep(text: string): number | undefined {
  if ((text.match(/[[{]/g)?.length ?? 0) <= MAX_YAML_DEPTH && !/(?:[-?:][ \t]+){50}/.test(text)) return undefined;
  let depth = 0;
  let run = 0;
  for (const { token, offset } of yamlTokens(text)) {
    if (token === '[' || token === '{') depth++;
    else if (token === ']' || token === '}') depth = Math.max(0, depth - 1);
    else if (token === '-' || token === '?' || token === ':') run++;
    else if (token.includes('\n')) run = 0;
    if (depth + (depth > 0 ? 0 : run) > MAX_YAML_DEPTH) return offset;
  }
  return undefined;
}
