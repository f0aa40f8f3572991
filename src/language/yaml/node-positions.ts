import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { isMergeKey } from './convert-document.ts';
import { locateInScalar } from './scalar-offsets.ts';
import type { KeyPath, SourceDocument, SourceText } from './source-document.ts';

/** The positions of the parts of a parsed document. */
export function createSourceDocument(
  sourceText: SourceText,
  value: unknown,
  rootNode: Node | null | undefined,
  aliasTargets: ReadonlyMap<Alias, Node>,
): SourceDocument {
  const find = (path: KeyPath): FoundNode => findNode(rootNode ?? undefined, path, aliasTargets);
  const spanOf = (node: Node | undefined) => sourceText.span(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);
  return {
    file: sourceText.file,
    value,
    valueSpan: (path) => {
      const found = find(path);
      return spanOf(isEmptyNode(found.node) ? (found.key ?? found.node) : found.node);
    },
    keySpan: (path) => {
      const found = find(path);
      return spanOf(found.complete ? (found.key ?? found.node) : found.node);
    },
    textSpan: (path, start, end) => {
      const { node, complete } = find(path);
      if (!complete || !isScalar(node) || typeof node.value !== 'string' || !node.range) return spanOf(node);
      const offsetOf = locateInScalar(sourceText.text, node.range[0], node.range[1], node.value, node.type);
      return sourceText.span(offsetOf(start), offsetOf(end));
    },
  };
}

interface FoundNode {
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  /** The path was followed to its end. */
  readonly complete: boolean;
}

const isEmptyNode = (node: Node | undefined): boolean => node === undefined || (isScalar(node) && node.value === null && !node.source);

function findNode(rootNode: Node | undefined, path: KeyPath, aliasTargets: ReadonlyMap<Alias, Node>): FoundNode {
  let found: FoundNode = { node: rootNode, key: undefined, complete: true };
  for (const step of path) {
    const node = resolveAlias(found.node, aliasTargets);
    const next = isMap(node)
      ? findEntry(node, String(step), aliasTargets)
      : isSeq(node)
        ? toFoundItem(node.items[Number(step)])
        : undefined;
    if (next === undefined) return { ...found, complete: false };
    found = next;
  }
  return found;
}

const resolveAlias = (node: Node | undefined, aliasTargets: ReadonlyMap<Alias, Node>): Node | undefined =>
  aliasTargets.size > 0 && isAlias(node) ? aliasTargets.get(node) : node;
const toFoundItem = (node: unknown): FoundNode | undefined =>
  node === undefined ? undefined : { node: node as Node, key: undefined, complete: true };

function findEntry(map: YAMLMap, name: string, aliasTargets: ReadonlyMap<Alias, Node>): FoundNode | undefined {
  const pairs = map.items as Pair<Node, Node | null>[];
  for (const { key, value } of pairs) {
    if (!isScalar(key) || isMergeKey(key)) continue;
    if (key.value === name || key.source === name) return { node: value ?? key, key, complete: true };
  }
  for (const { key, value } of pairs) {
    if (!isMergeKey(key)) continue;
    const from = resolveAlias(value ?? undefined, aliasTargets);
    const maps = isSeq(from) ? from.items.map((each) => resolveAlias(each as Node, aliasTargets)) : [from];
    for (const one of maps) {
      const inner = isMap(one) ? findEntry(one, name, aliasTargets) : undefined;
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
