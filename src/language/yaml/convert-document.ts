import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { nearest, SwarmError } from '../../core/error.ts';
import type { Lines } from './source-document.ts';
import { leadsToTemplate, unquotedTemplate } from './syntax-problems.ts';

export const MAX_DEPTH = 100;
const MAX_ALIASES = 100;
const MAX_NODES = 200_000; // what aliases may expand to

/** A document as plain values, frozen; aliases with what they stand for. */
export interface Conversion {
  readonly value: unknown;
  readonly problems: SwarmError[];
  readonly targets: ReadonlyMap<Alias, Node>;
}

/** Values of a parsed document: own keys, unique, no prototypes; merges laid under. What is wrong is in `problems`. */
export function convert(lines: Lines, contents: Node | null): Conversion {
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

/** `<<`, not as a text. */
export const isMerge = (key: Node): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

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
