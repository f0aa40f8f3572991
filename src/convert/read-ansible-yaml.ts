import { type Alias, type Document, isScalar, LineCounter, parseAllDocuments, Scalar, visit, type YAMLMap } from 'yaml';
import { indentQuoted } from './indent-quoted.ts';
import { NotYaml, rejectConversion } from './not-convertible.ts';
import { keyOf, lineOf } from './yaml-nodes.ts';

/** A YAML file of Ansible, with what is needed to report its lines. */
export interface AnsibleDocument {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly text: string;
}

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 100;
const TOO_DEEP = `a file nested deeper than ${MAX_DEPTH} levels`;

/** Reads a file as Ansible does, with YAML 1.1: `yes` is true, `0644` is octal. Throws NotConvertible for what is not YAML. */
export function readAnsibleYaml(written: string): AnsibleDocument {
  if (written.length > MAX_BYTES) return rejectConversion('a file of more than 1 MiB');
  const { documents, lines, text } = parseQuoted(written);
  const [document, second] = documents;
  if (document === undefined) return rejectConversion('an empty file');
  if (second !== undefined && second.contents !== null) return rejectConversion('a file with two YAML documents');
  const [error] = document.errors;
  if (error !== undefined && /call stack/i.test(error.message)) return rejectConversion(TOO_DEEP);
  if (error !== undefined) throw new NotYaml(error.message.split('\n')[0] ?? '', lines.linePos(error.pos[0]).line);
  const [lost] = findLostAliases(document);
  if (lost !== undefined) throw new NotYaml(`*${lost.source} has no anchor &${lost.source} before it`, lineOf(lost, lines));
  visit(document, {
    Map: (_, map) => dropReplaced(map),
    Scalar: (key, node, path) => void readOldScalar(node, key === 'value' ? parentKey(path.at(-1)) : undefined),
    Node: (_, __, path) => (path.length > MAX_DEPTH * 2 ? rejectConversion(TOO_DEEP) : undefined),
  });
  return { document, lines, text };
}

/** Of a key that is written twice Ansible takes the last value. */
function dropReplaced(map: YAMLMap): undefined {
  const last = new Map(map.items.map((pair, i) => [keyOf(pair), i]));
  if (last.size < map.items.length) map.items = map.items.filter((pair, i) => keyOf(pair) === '<<' || last.get(keyOf(pair)) === i);
}

/** The aliases whose anchor is not before them. */
export function findLostAliases(document: Document): readonly Alias[] {
  const anchors = new Set<string>();
  const lost: Alias[] = [];
  visit(document, {
    Alias: (_, alias) => void (anchors.has(alias.source) || lost.push(alias)),
    Value: (_, { anchor }) => void (anchor === undefined || anchors.add(anchor)),
  });
  return lost;
}

/** How many texts in quotes of a file may have lines without the spaces that YAML asks for. */
const MAX_REPAIRS = 50;

/** Parses a text; where one in quotes breaks off at a line that stands too far left, with spaces before that line. */
function parseQuoted(written: string): { readonly documents: readonly Document[]; readonly lines: LineCounter; readonly text: string } {
  let text = written;
  for (let repairs = 0; ; repairs++) {
    const lines = new LineCounter();
    const documents = parseFirst(text, lines);
    const error = repairs === MAX_REPAIRS ? undefined : documents[0]?.errors[0];
    const repaired = error === undefined ? undefined : indentQuoted(text, error.pos[0]);
    if (repaired === undefined) return { documents, lines, text };
    text = repaired;
  }
}

function parseFirst(text: string, lineCounter: LineCounter): readonly Document[] {
  try {
    const documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      lineCounter,
      prettyErrors: false,
      logLevel: 'silent',
    });
    return Array.isArray(documents) ? documents : [];
  } catch (thrown) {
    if (thrown instanceof RangeError) return rejectConversion(TOO_DEEP);
    throw new NotYaml(thrown instanceof Error ? thrown.message : String(thrown), 1);
  }
}

const parentKey = (parent: unknown): string | undefined => {
  const { key } = (parent ?? {}) as { readonly key?: unknown };
  return isScalar(key) ? String(key.value) : undefined;
};

const MODE_KEYS = new Set(['mode', 'directory_mode']);
/** A variable that holds the mode of a file: swarm takes its digits as a text. */
const MODE_NAME = /(?:^|_)(?:mode|perms?|permissions?)(?:_|$)/i;

/** A plain scalar that YAML 1.1 reads as another value than YAML 1.2. */
function readOldScalar(node: Scalar, key: string | undefined): undefined {
  if (node.type !== Scalar.PLAIN || node.tag?.startsWith('!')) return;
  const source = node.source ?? '';
  if (key !== undefined && MODE_KEYS.has(key) && /^\d+$/.test(source))
    replace(node, source.startsWith('0') ? source : Number(source).toString(8));
  else if (key !== undefined && MODE_NAME.test(key) && /^0[0-7]{3,4}$/.test(source)) replace(node, source.replace(/^0(?=\d{4})/, ''));
  else if (/^(?:yes|on)$/i.test(source)) replace(node, true);
  else if (/^(?:no|off)$/i.test(source)) replace(node, false);
  else if (/^[-+]?0[0-7_]+$/.test(source)) replace(node, Number.parseInt(source.replaceAll('_', ''), 8));
  else if (/^[-+]?[1-9][\d]*_[\d_]*$/.test(source)) replace(node, Number(source.replaceAll('_', '')));
  else if (/^[1-9]\d*(?::[0-5]?\d)+$/.test(source))
    replace(
      node,
      source.split(':').reduce((total, part) => total * 60 + Number(part), 0),
    );
}

function replace(node: Scalar, value: string | number | boolean): undefined {
  node.value = value;
  delete node.source;
  delete node.format;
  node.type = typeof value === 'string' ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
}
