import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isMerge } from './convert-document.ts';
import { scalarOffsets } from './scalar-offsets.ts';
import type { Lines, Path, Source } from './source-document.ts';

/** Where the parts of a parsed document stand. */
export function sourceOf(lines: Lines, value: unknown, contents: Node | null | undefined, targets: ReadonlyMap<Alias, Node>): Source {
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
