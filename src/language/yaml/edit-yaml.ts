import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { type Document, isMap, isNode, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { SwarmError } from '../../core/error.ts';
import type { Json } from '../../core/host.ts';
import type { Span } from '../../core/span.ts';

type Path = readonly [string, ...string[]];

/** Does this file have a value at the path? */
export function defines(file: string, path: Path): boolean {
  return parseDocument(readFileSync(file, 'utf8')).hasIn(path);
}

/** Where a value stands in the file; undefined where there is none. */
export function placeOf(file: string, path: readonly (string | number)[]): Span | undefined {
  const text = readFileSync(file, 'utf8');
  const node = parseDocument(text).getIn(path, true);
  const [start, end] = (isNode(node) ? node.range : undefined) ?? [];
  if (start === undefined || end === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const whole = text.slice(lineStart).split('\n', 1)[0] ?? '';
  const line = text.slice(0, start).split('\n').length;
  return { file, line, column: start - lineStart + 1, length: Math.max(1, end - start), text: whole.replace(/\r$/, '') };
}

/** Sets (or with undefined removes) one value of an inventory file; every other byte stays as it is. Atomic. */
export async function editInventory(file: string, path: Path, value: Json | undefined): Promise<void> {
  const text = readFileSync(file, 'utf8');
  const next = value === undefined ? withoutValue(text, path) : withValue(text, path, value);
  if (next !== text) await writeFileAtomic(file, next);
}

/** The text with the value at the path, written as `{ … }` on a line of its own. Throws SW1306 where it cannot be put in. */
export function withValue(text: string, path: Path, value: Json): string {
  const wanted = plain(parseDocument(text));
  const changed = setIn(wanted, path, value);
  const document = parseDocument(text);
  const spliced = splice(text, document, path, value);
  if (spliced !== undefined && isDeepStrictEqual(plain(parseDocument(spliced)), changed)) return spliced;
  const change = (): void => {
    const above = path.slice(0, -1);
    const node = document.createNode(value, { flow: true });
    if (above.length === 0 || isMap(document.getIn(above))) document.setIn(path, node);
    else document.setIn(above, document.createNode(Object.fromEntries([[path.at(-1), node]]))); // `hosts:` with nothing behind it
  };
  return rewritten(path, changed, change, document);
}

/** The text without the value at the path. Throws SW1306 where it cannot be taken out. */
export function withoutValue(text: string, path: Path): string {
  const document = parseDocument(text);
  if (!document.hasIn(path)) return text;
  const changed = setIn(plain(parseDocument(text)), path, undefined);
  const spliced = cutOut(text, document, path);
  if (spliced !== undefined && isDeepStrictEqual(plain(parseDocument(spliced)), changed)) return spliced;
  return rewritten(path, changed, () => document.deleteIn(path), document);
}

/** The library writes the whole file anew: comments and order stay, blanks may not. */
function rewritten(path: Path, wanted: unknown, change: () => void, document: Document): string {
  try {
    change();
    const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
    if (isDeepStrictEqual(plain(parseDocument(text)), wanted)) return text;
  } catch {
    // an alias, or no mapping
  }
  throw new SwarmError('SW1306', `${path.join('.')} cannot be edited here`, { hint: 'the file has a form of its own: edit it by hand' });
}

const plain = (document: Document): unknown => {
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS() ?? {};
  } catch {
    return undefined;
  }
};

function setIn(tree: unknown, [key, ...rest]: readonly string[], value: Json | undefined): unknown {
  const map = typeof tree === 'object' && tree !== null && !Array.isArray(tree) ? (tree as Record<string, unknown>) : {};
  if (key === undefined) return value;
  const { [key]: old, ...others } = map;
  const next = setIn(old, rest, value);
  if (next === undefined) return others;
  return key in map
    ? Object.fromEntries(Object.entries(map).map(([name, each]) => [name, name === key ? next : each]))
    : { ...map, [key]: next };
}

type Entry = Pair & { readonly key: { readonly range: Range } };
type Range = readonly [start: number, valueEnd: number, nodeEnd: number];

const parentOf = (document: Document, path: Path): (YAMLMap & { range: Range }) | undefined => {
  const parent = document.getIn(path.slice(0, -1), true);
  return isMap(parent) && parent.range ? (parent as YAMLMap & { range: Range }) : undefined;
};

const entryOf = (map: YAMLMap, key: string): Entry | undefined =>
  map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key && pair.key.range != null) as Entry | undefined;

const keyRange = (pair: Pair): Range | undefined => (isNode(pair.key) ? (pair.key.range as Range | undefined) : undefined);
const endOf = (pair: Pair): number | undefined => (isNode(pair.value) ? (pair.value.range?.[1] ?? undefined) : keyRange(pair)?.[1]);

const flow = (value: Json): string => {
  const document = parseDocument('{}');
  document.contents = document.createNode(value, { flow: true }) as never;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true }).trim();
};

function splice(text: string, document: Document, path: Path, value: Json): string | undefined {
  const key = path.at(-1) ?? '';
  const parent = parentOf(document, path);
  if (parent === undefined) return undefined;
  const own = entryOf(parent, key);
  const written = `${flow(key)}: ${flow(value)}`;
  if (own !== undefined) {
    const end = endOf(own);
    return end === undefined
      ? undefined
      : text.slice(0, own.key.range[0]) + written + (text[end - 1] === '\n' ? '\n' : '') + text.slice(end);
  }
  const last = parent.items.at(-1);
  const end = last === undefined ? undefined : endOf(last);
  if (parent.flow) {
    if (end === undefined) return `${text.slice(0, parent.range[0])}{ ${written} }${text.slice(parent.range[1])}`;
    return `${text.slice(0, end)}, ${written}${text.slice(end)}`;
  }
  const first = parent.items[0];
  const start = first === undefined ? undefined : keyRange(first)?.[0];
  if (start === undefined || end === undefined) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (indent.trim() !== '') return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const at = lineEnd(text, end);
  const before = text.slice(0, at);
  return `${before}${before.endsWith('\n') || before === '' ? '' : eol}${indent}${written}${eol}${text.slice(at)}`;
}

/** Behind the line on which the value ends. */
function lineEnd(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const next = text.indexOf('\n', end);
  return next < 0 ? text.length : next + 1;
}

function cutOut(text: string, document: Document, path: Path): string | undefined {
  const parent = parentOf(document, path);
  const own = parent === undefined ? undefined : entryOf(parent, path.at(-1) ?? '');
  const end = own === undefined ? undefined : endOf(own);
  if (parent === undefined || own === undefined || end === undefined) return undefined;
  const [start] = own.key.range;
  const at = parent.items.indexOf(own);
  if (!parent.flow) {
    const from = text.lastIndexOf('\n', start - 1) + 1;
    return text.slice(from, start).trim() === '' && parent.items.length > 1
      ? text.slice(0, from) + text.slice(lineEnd(text, end))
      : undefined;
  }
  const before = parent.items[at - 1];
  const from = before === undefined ? undefined : endOf(before);
  const between = from === undefined ? '' : text.slice(from, start); // a comma, blanks, and maybe comments, which stay
  if (from !== undefined && between.trim() === ',') return text.slice(0, from) + text.slice(end);
  const behind = /^\s*,[ \t]?/.exec(text.slice(end))?.[0].length;
  return (
    text.slice(0, start - between.length) + (behind === undefined ? between.replace(',', '') : between) + text.slice(end + (behind ?? 0))
  );
}
