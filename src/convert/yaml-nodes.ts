import { isMap, isScalar, type LineCounter, type Node, Pair, Scalar, visit, type YAMLMap } from 'yaml';

const isQuoted = (node: Scalar): boolean => node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED;

/** Sets the value of a scalar. A text keeps its quotes, unless it holds them. */
export function setScalar(node: Scalar, value: string | number | boolean | null): undefined {
  node.value = value;
  delete node.source;
  delete node.format;
  if (typeof value !== 'string') node.type = Scalar.PLAIN;
  else if (isQuoted(node) && value.includes('\n'))
    node.type = Scalar.QUOTE_DOUBLE; // as \n; other quotes would put it on several lines
  else if (value.includes('"') && !value.includes("'") && isQuoted(node)) node.type = Scalar.QUOTE_SINGLE;
  else if (node.type === Scalar.QUOTE_SINGLE && value.includes("'")) node.type = Scalar.QUOTE_DOUBLE;
}

/** The key of a pair as text. */
export const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);

/** The pair with this key. */
export const findPair = (map: YAMLMap, key: string): Pair<Node, Node | null> | undefined =>
  map.items.find((pair) => keyOf(pair) === key) as Pair<Node, Node | null> | undefined;

/** The keys that a mapping in the node has more than once. */
export function findRepeatedKeys(node: Node): readonly string[] {
  const repeated: string[] = [];
  visit(node, {
    Map(_, map) {
      const keys = map.items.map(keyOf);
      repeated.push(...keys.filter((key, i) => keys.indexOf(key) !== i));
    },
  });
  return repeated;
}

/** Adds a pair at the end. */
export const addPair = (map: YAMLMap, key: string, value: Node | null): undefined =>
  void map.items.push(new Pair(new Scalar(key), value) as (typeof map.items)[number]);

/** Gives a pair another key; comments stay. */
export function renameKey(pair: Pair, name: string): undefined {
  if (isScalar(pair.key)) {
    pair.key.value = name;
    delete pair.key.source;
  } else pair.key = new Scalar(name);
}

/** Removes a pair and hands on its comment to the next one. */
export function removePair(map: YAMLMap, pair: Pair): undefined {
  const at = map.items.indexOf(pair as (typeof map.items)[number]);
  if (at < 0) return;
  map.items.splice(at, 1);
  const comment = isScalar(pair.key) ? pair.key.commentBefore : undefined;
  const next = map.items[at];
  if (comment && next !== undefined && isScalar(next.key))
    next.key.commentBefore = [comment, next.key.commentBefore].filter(Boolean).join('\n');
}

/** The node as a mapping; undefined for anything else. */
export const asMap = (node: unknown): YAMLMap | undefined => (isMap(node) ? node : undefined);

/** The text of a scalar; undefined for anything else. */
export const textOf = (node: unknown): string | undefined => (isScalar(node) && typeof node.value === 'string' ? node.value : undefined);

/** The line of a node, from 1. */
export const lineOf = (node: unknown, lines: LineCounter): number => {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
  return range?.[0] === undefined ? 1 : lines.linePos(range[0]).line;
};

/** The text of a node as it stands in the file, without the indent of its first line. */
export function originalText(node: Node, text: string): string {
  if (!node.range) return String(node); // made by the conversion, such as that of an INI file
  const [start, end] = node.range;
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  return text
    .slice(start, end)
    .trimEnd()
    .split('\n')
    .map((line, i) => (i > 0 && line.slice(0, indent).trim() === '' ? line.slice(indent) : line))
    .join('\n');
}
