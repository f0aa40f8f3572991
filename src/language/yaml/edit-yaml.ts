import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalText } from '../../core/files/read-local-file.ts';
import { updateFile } from '../../core/files/update-file.ts';
import type { Json } from '../../core/json-value.ts';
import type { Span } from '../../core/span.ts';

type EditPath = readonly [string, ...string[]];

/** Does this file have a value at the path? */
export const fileHasValue = (file: string, path: EditPath): boolean => hasYamlValue(readLocalText(file), path);

/** Does this text have a value at the path? */
export const hasYamlValue = (text: string, path: EditPath): boolean => parseDocument(text).hasIn(path);

/** The position of a value in the file; undefined if there is none. */
export function findValueSpan(file: string, path: readonly (string | number)[]): Span | undefined {
  const text = readLocalText(file);
  const node = parseDocument(text).getIn(path, true);
  const [start, end] = (isNode(node) ? node.range : undefined) ?? [];
  if (start === undefined || end === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const fullLine = text.slice(lineStart).split('\n', 1)[0] ?? '';
  const line = text.slice(0, start).split('\n').length;
  return { file, line, column: start - lineStart + 1, length: Math.max(1, end - start), text: fullLine.replace(/\r$/, '') };
}

/** Sets (or with undefined removes) one value of an inventory file; every other byte stays as it is, and so does what others write
 *  meanwhile. `check` gets the text before, and throws where it may not be changed. */
export async function editYamlFile(
  file: string,
  path: EditPath,
  value: Json | undefined,
  check: (text: string) => void = () => {},
): Promise<void> {
  await updateFile(file, (text = '') => {
    check(text);
    return value === undefined ? removeYamlValue(text, path) : setYamlValue(text, path, value);
  });
}

/** The text with the value at the path, written as `{ … }` on a line of its own. Throws SW1306 if it cannot be added. */
export function setYamlValue(text: string, path: EditPath, value: Json): string {
  const current = toPlainValue(parseDocument(text));
  const expected = setInTree(current, path, value);
  const document = parseDocument(text);
  const spliced = spliceValue(text, document, path, value);
  if (spliced !== undefined && isDeepStrictEqual(toPlainValue(parseDocument(spliced)), expected)) return spliced;
  const change = (): void => {
    const parentPath = path.slice(0, -1);
    const node = document.createNode(value, { flow: true });
    if (parentPath.length === 0 || isMap(document.getIn(parentPath))) document.setIn(path, node);
    else document.setIn(parentPath, document.createNode(Object.fromEntries([[path.at(-1), node]]))); // `hosts:` with nothing behind it
  };
  return rewriteDocument(path, expected, change, document);
}

/** The text without the value at the path. Throws SW1306 if it cannot be removed. */
export function removeYamlValue(text: string, path: EditPath): string {
  const document = parseDocument(text);
  if (!document.hasIn(path)) return text;
  const expected = setInTree(toPlainValue(parseDocument(text)), path, undefined);
  const spliced = cutValue(text, document, path);
  if (spliced !== undefined && isDeepStrictEqual(toPlainValue(parseDocument(spliced)), expected)) return spliced;
  return rewriteDocument(path, expected, () => document.deleteIn(path), document);
}

/** The library writes the whole file anew: comments and order stay, blanks may not. */
function rewriteDocument(path: EditPath, expected: unknown, change: () => void, document: Document): string {
  try {
    change();
    const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
    if (isDeepStrictEqual(toPlainValue(parseDocument(text)), expected)) return text;
  } catch {
    // an alias, or no mapping
  }
  throw new SwarmError('SW1306', `${path.join('.')} cannot be edited by a command`, { hint: 'Edit the file by hand.' });
}

const toPlainValue = (document: Document): unknown => {
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() ?? {};
  } catch {
    return undefined;
  }
};

function setInTree(tree: unknown, [key, ...rest]: readonly string[], value: Json | undefined): unknown {
  const map = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? (tree as Record<string, unknown>) : {};
  if (key === undefined) return value;
  const { [key]: old, ...others } = map;
  const next = setInTree(old, rest, value);
  if (next === undefined) return others;
  return key in map
    ? Object.fromEntries(Object.entries(map).map(([name, each]) => [name, name === key ? next : each]))
    : { ...map, [key]: next };
}

type MapEntry = Pair & { readonly key: { readonly range: Range } };
type Range = readonly [start: number, valueEnd: number, nodeEnd: number];

const findParentMap = (document: Document, path: EditPath): (YAMLMap & { range: Range }) | undefined => {
  const parent = document.getIn(path.slice(0, -1), true);
  return isMap(parent) && parent.range ? (parent as YAMLMap & { range: Range }) : undefined;
};

const findMapEntry = (map: YAMLMap, key: string): MapEntry | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key && pair.key.range != null) as MapEntry | undefined;

const findKeyRange = (pair: Pair): Range | undefined => (isNode(pair.key) ? (pair.key.range as Range | undefined) : undefined);
const findPairEnd = (pair: Pair): number | undefined =>
  isNode(pair.value) ? (pair.value.range?.[1] ?? undefined) : findKeyRange(pair)?.[1];

const formatFlow = (value: Json): string => {
  const document = parseDocument('{}');
  document.contents = document.createNode(value, { flow: true }) as never;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trim();
};

function spliceValue(text: string, document: Document, path: EditPath, value: Json): string | undefined {
  const key = path.at(-1) ?? '';
  const parent = findParentMap(document, path);
  if (parent === undefined) return undefined;
  const entry = findMapEntry(parent, key);
  const written = `${formatFlow(key)}: ${formatFlow(value)}`;
  if (entry !== undefined) {
    const end = findPairEnd(entry);
    return end === undefined
      ? undefined
      : text.slice(0, entry.key.range[0]) + written + (text[end - 1] === '\n' ? '\n' : '') + text.slice(end);
  }
  const last = parent.items.at(-1);
  const end = last === undefined ? undefined : findPairEnd(last);
  if (parent.flow) {
    if (end === undefined) return fillEmptyMap(text, parent.range, written);
    return `${text.slice(0, end)}, ${written}${text.slice(end)}`;
  }
  const first = parent.items[0];
  const start = first === undefined ? undefined : findKeyRange(first)?.[0];
  if (start === undefined || end === undefined) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (indent.trim() !== '') return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const insertAt = findLineEnd(text, end);
  const before = text.slice(0, insertAt);
  return `${before}${before.endsWith('\n') || before === '' ? '' : eol}${indent}${written}${eol}${text.slice(insertAt)}`;
}

/** `hosts: {}` at the start of a line becomes a list of one line for each entry, which people go on with. */
function fillEmptyMap(text: string, [start, end]: Range, written: string): string {
  const before = text.slice(0, start);
  const lineEnd = findLineEnd(text, end);
  const behind = text.slice(end, lineEnd);
  if (!/(?:^|\n)\w+:[ \t]*$/.test(before) || !/^[ \t]*(?:#.*)?(?:\r?\n)?$/.test(behind)) return `${before}{ ${written} }${text.slice(end)}`;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return `${before.trimEnd()}${behind.trimEnd() && ` ${behind.trim()}`}${eol}  ${written}${eol}${text.slice(lineEnd)}`;
}

/** Behind the line on which the value ends. */
function findLineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const next = text.indexOf('\n', end);
  return next < 0 ? text.length : next + 1;
}

function cutValue(text: string, document: Document, path: EditPath): string | undefined {
  const parent = findParentMap(document, path);
  const entry = parent === undefined ? undefined : findMapEntry(parent, path.at(-1) ?? '');
  const end = entry === undefined ? undefined : findPairEnd(entry);
  if (parent === undefined || entry === undefined || end === undefined) return undefined;
  const [start] = entry.key.range;
  const index = parent.items.indexOf(entry);
  if (!parent.flow) {
    const from = text.lastIndexOf('\n', start - 1) + 1;
    return text.slice(from, start).trim() === '' && parent.items.length > 1
      ? text.slice(0, from) + text.slice(findLineEnd(text, end))
      : undefined;
  }
  const before = parent.items[index - 1];
  const from = before === undefined ? undefined : findPairEnd(before);
  const between = from === undefined ? '' : text.slice(from, start); // a comma, blanks, and maybe comments, which stay
  if (from !== undefined && between.trim() === ',') return text.slice(0, from) + text.slice(end);
  const commaLength = /^\s*,[ \t]?/.exec(text.slice(end))?.[0].length;
  return (
    text.slice(0, start - between.length) +
    (commaLength === undefined ? between.replace(',', '') : between) +
    text.slice(end + (commaLength ?? 0))
  );
}
