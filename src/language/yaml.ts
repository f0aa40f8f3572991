import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { nearest, SwarmError } from '../core/error.ts';
import { scalarOffsets } from './scalar.ts';
import { type Lines, linesOf, type Path, type Source } from './source.ts';
import { leadsToTemplate, syntaxProblems, unquotedTemplate } from './yaml-error.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_ALIASES = 100;
const MAX_NODES = 200_000; // what aliases may expand to

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

interface Conversion {
  readonly value: unknown;
  readonly problems: SwarmError[];
  readonly targets: ReadonlyMap<Alias, Node>;
}

function convert(lines: Lines, contents: Node | null): Conversion {
  const walk: Walk = { lines, problems: [], anchors: new Map(), targets: new Map(), aliases: 0, nodes: 0, full: false };
  const value = contents === null ? null : jsonOf(walk, contents, 0, undefined);
  return { value, problems: walk.problems, targets: walk.targets };
}

interface Walk {
  readonly lines: Lines;
  readonly problems: SwarmError[];
  readonly anchors: Map<string, Node>;
  readonly targets: Map<Alias, Node>;
  aliases: number;
  nodes: number;
  full: boolean;
}

const TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

function jsonOf(walk: Walk, node: Node, depth: number, key: string | undefined): unknown {
  const [start, end] = node.range ?? [0, 0];
  const at = () => walk.lines.span(start, end);
  if (walk.full) return null;
  if (depth > MAX_DEPTH || ++walk.nodes > MAX_NODES) {
    walk.full = true;
    const message = depth > MAX_DEPTH ? `nested deeper than ${MAX_DEPTH} levels` : `aliases expand to more than ${MAX_NODES} values`;
    walk.problems.push(new SwarmError('SW1008', message, { at: at() }));
    return null;
  }
  if (isAlias(node)) return aliasValue(walk, node, depth, key);
  if (node.tag !== undefined && !TAGS.has(node.tag)) {
    const message = `tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\` is not supported`;
    walk.problems.push(new SwarmError('SW1006', message, { at: at(), hint: 'remove the tag' }));
    return null;
  }
  if ('anchor' in node && typeof node.anchor === 'string') walk.anchors.set(node.anchor, node);
  if (isMap(node)) return mapValue(walk, node, depth);
  if (isSeq(node)) return Object.freeze(node.items.map((item) => jsonOf(walk, item as Node, depth + 1, undefined)));
  return isScalar(node) ? scalarValue(walk, node, key) : null;
}

function aliasValue(walk: Walk, node: Alias, depth: number, key: string | undefined): unknown {
  const [start, end] = node.range ?? [0, 0];
  const at = walk.lines.span(start, end);
  const target = walk.anchors.get(node.source);
  if (++walk.aliases > MAX_ALIASES) {
    if (walk.aliases === MAX_ALIASES + 1) walk.problems.push(new SwarmError('SW1008', `more than ${MAX_ALIASES} aliases`, { at }));
    return null;
  }
  if (target === undefined) {
    const near = nearest(node.source, walk.anchors.keys());
    const hint = near === undefined ? 'an anchor is per file and stands before its alias' : `did you mean \`*${near}\`?`;
    walk.problems.push(new SwarmError('SW1007', `no anchor \`&${node.source}\` before this line`, { at, hint }));
    return null;
  }
  walk.targets.set(node, target);
  return jsonOf(walk, target, depth + 1, key);
}

function mapValue(walk: Walk, node: YAMLMap, depth: number): unknown {
  const out: Record<string, unknown> = {};
  const merged: unknown[] = [];
  const seen = new Map<string, Scalar>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key = keyOf(walk, pair.key);
    if (key === undefined) continue;
    if (isMerge(pair.key)) {
      merged.push(mergeValue(walk, pair, depth));
      continue;
    }
    const first = seen.get(key);
    if (first !== undefined) walk.problems.push(twice(walk.lines, key, first, pair.key));
    seen.set(key, pair.key as Scalar);
    out[key] = pair.value === null || pair.value === undefined ? null : jsonOf(walk, pair.value, depth + 1, key);
  }
  for (const one of merged.flat()) {
    if (typeof one !== 'object' || one === null) continue;
    for (const [key, value] of Object.entries(one)) if (!Object.hasOwn(out, key)) out[key] = value;
  }
  return Object.freeze(out);
}

function twice(lines: Lines, key: string, first: Node, second: Node): SwarmError {
  const line = lines.span(first.range?.[0] ?? 0, 0).line;
  const at = lines.span(second.range?.[0] ?? 0, second.range?.[1] ?? 0);
  return new SwarmError('SW1004', `key \`${key}\` appears twice`, { at, hint: `the first one is at line ${line}; remove or rename one` });
}

const isMerge = (key: Node): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

function mergeValue(walk: Walk, pair: Pair<Node, Node | null>, depth: number): unknown {
  const value = pair.value === null || pair.value === undefined ? null : jsonOf(walk, pair.value, depth + 1, undefined);
  const ok = Array.isArray(value) ? value.every(isRecord) : isRecord(value);
  if (!ok && walk.problems.length === 0) {
    const at = walk.lines.span(pair.key.range?.[0] ?? 0, pair.key.range?.[1] ?? 0);
    walk.problems.push(new SwarmError('SW1109', '`<<` takes a mapping or a list of mappings', { at, hint: 'write <<: *name' }));
  }
  return value;
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function keyOf(walk: Walk, key: Node | null): string | undefined {
  const [start, end] = key?.range ?? [0, 0];
  const at = walk.lines.span(start, end);
  const bad = (problem: SwarmError): undefined => void walk.problems.push(problem);
  if (key === null) return bad(new SwarmError('SW1002', 'a key is missing here', { at }));
  if (isAlias(key)) return bad(new SwarmError('SW1002', 'an alias cannot be a key', { at }));
  if (!isScalar(key)) {
    if (leadsToTemplate(walk.lines.text, start)) return bad(unquotedTemplate(walk.lines, start));
    return bad(new SwarmError('SW1002', 'a key is a text, not a list or a mapping', { at }));
  }
  const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value ?? ''));
  if (name === '') return bad(new SwarmError('SW1002', 'a key is missing here', { at }));
  if (name === '__proto__') return bad(new SwarmError('SW1104', '`__proto__` cannot be a key', { at }));
  return name;
}

function scalarValue(walk: Walk, node: Scalar, key: string | undefined): unknown {
  const { value } = node;
  const [start, end] = node.range ?? [0, 0];
  const at = () => walk.lines.span(start, end);
  const source = node.source ?? '';
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (key === 'mode' && /^(?:0o?)?[0-7]{3,4}$/.test(source)) {
      const octal = source.replace(/^0o?/, '').padStart(4, '0');
      const message = `\`${source}\` is the ${source === String(value) ? '' : 'decimal '}number ${value} here, not a file mode`;
      walk.problems.push(new SwarmError('SW1005', message, { at: at(), hint: `write mode: "${octal}"` }));
      return null;
    }
    const number = Number(value);
    const exact = typeof value === 'number' ? Number.isFinite(number) : Number.isSafeInteger(number);
    if (exact) return number;
    const message = `\`${source}\` does not fit a number`;
    walk.problems.push(new SwarmError('SW1109', message, { at: at(), hint: `put it in quotes: "${source}"` }));
    return null;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

function sourceOf(lines: Lines, value: unknown, contents: Node | null | undefined, targets: ReadonlyMap<Alias, Node>): Source {
  const find = (path: Path): Found => findNode(contents ?? undefined, path, targets);
  const spanOf = (node: Node | undefined) => lines.span(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);
  return {
    file: lines.file,
    value,
    at: (path) => {
      const found = find(path);
      return spanOf(isEmpty(found.node) ? (found.key ?? found.node) : found.node);
    },
    key: (path) => {
      const found = find(path);
      return spanOf(found.whole ? (found.key ?? found.node) : found.node);
    },
    inside: (path, start, end) => {
      const { node, whole } = find(path);
      if (!whole || !isScalar(node) || typeof node.value !== 'string' || !node.range) return spanOf(node);
      const offsets = scalarOffsets(lines.text, node.range[0], node.range[1], node.value, node.type);
      const from = offsets[Math.min(start, offsets.length - 1)] ?? node.range[0];
      return lines.span(from, offsets[Math.min(end, offsets.length - 1)] ?? from + 1);
    },
  };
}

interface Found {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  /** The path was followed to its end. */
  readonly whole: boolean;
}

const isEmpty = (node: Node | undefined): boolean => node === undefined || (isScalar(node) && node.value === null && !node.source);

function findNode(top: Node | undefined, path: Path, targets: ReadonlyMap<Alias, Node>): Found {
  let found: Found = { node: top, key: undefined, whole: true };
  for (const step of path) {
    const node = resolve(found.node, targets);
    const next = isMap(node) ? entry(node, String(step), targets) : isSeq(node) ? item(node.items[Number(step)]) : undefined;
    if (next === undefined) return { ...found, whole: false };
    found = next;
  }
  return found;
}

const resolve = (node: Node | undefined, targets: ReadonlyMap<Alias, Node>): Node | undefined => (isAlias(node) ? targets.get(node) : node);
const item = (node: unknown): Found | undefined => (node === undefined ? undefined : { node: node as Node, key: undefined, whole: true });

function entry(map: YAMLMap, name: string, targets: ReadonlyMap<Alias, Node>): Found | undefined {
  const pairs = map.items as Pair<Node, Node | null>[];
  for (const { key, value } of pairs) {
    if (!isScalar(key) || isMerge(key)) continue;
    if (key.value === name || key.source === name) return { node: value ?? key, key, whole: true };
  }
  for (const { key, value } of pairs) {
    if (!isMerge(key)) continue;
    const from = resolve(value ?? undefined, targets);
    const maps = isSeq(from) ? from.items.map((each) => resolve(each as Node, targets)) : [from];
    for (const one of maps) {
      const inner = isMap(one) ? entry(one, name, targets) : undefined;
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
