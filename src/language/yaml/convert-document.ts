import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { isMapping } from '../../core/json-value.ts';
import type { SourceText } from './source-document.ts';
import { startsTemplate, unquotedTemplateError } from './syntax-problems.ts';
import { tagHint } from './tag-hint.ts';

export const MAX_YAML_DEPTH = 100;
const MAX_ALIASES = 100;
const MAX_NODES = 200_000; // what aliases may expand to

/** A document as plain, frozen values. An alias has the value of its anchor. */
export interface ConvertedDocument {
  readonly value: unknown;
  readonly problems: SwarmError[];
  /** What is wrong with a single value. The value beside it is what was meant, so that the rest can be checked. */
  readonly wrongValues: readonly SwarmError[];
  readonly aliasTargets: ReadonlyMap<Alias, Node>;
}

/** Keys whose values are variables, what fills them, and what programs get as texts. */
const VARIABLE_KEYS = new Set([
  ...['vars', 'set_fact', 'ansible.builtin.set_fact', 'loop', 'args', 'msg'],
  ...['environment', 'env', 'labels', 'log_options', 'sysctls', 'argv', 'value', 'revision'],
]);

/** The values of a parsed document, with unique own keys, no prototypes, and merges applied. Errors are in `problems`. In variables a
 *  number that cannot be written back as it was (`1.0`, more digits than a number holds) is a text. `isVars`: a mapping is variables. */
export function convertDocument(sourceText: SourceText, rootNode: Node | null, isVars: boolean): ConvertedDocument {
  const state: ConversionState = {
    sourceText,
    problems: [],
    wrongValues: [],
    anchors: new Map(),
    aliasTargets: new Map(),
    aliases: 0,
    nodes: 0,
    stopped: false,
    variableDepth: isVars && isMap(rootNode) ? 1 : 0,
  };
  const value = rootNode === null ? null : convertNode(state, rootNode, 0, undefined);
  return { value, problems: state.problems, wrongValues: state.wrongValues, aliasTargets: state.aliasTargets };
}

interface ConversionState {
  readonly sourceText: SourceText;
  readonly problems: SwarmError[];
  readonly wrongValues: SwarmError[];
  readonly anchors: Map<string, Node>;
  readonly aliasTargets: Map<Alias, Node>;
  aliases: number;
  nodes: number;
  stopped: boolean;
  /** Above 0: inside variables. */
  variableDepth: number;
}

const CORE_TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

function convertNode(state: ConversionState, node: Node, depth: number, key: string | undefined): unknown {
  const [start, end] = node.range ?? [0, 0];
  const at = () => state.sourceText.span(start, end);
  if (state.stopped) return null;
  if (depth > MAX_YAML_DEPTH || ++state.nodes > MAX_NODES) {
    state.stopped = true;
    const message =
      depth > MAX_YAML_DEPTH ? `nested deeper than ${MAX_YAML_DEPTH} levels` : `aliases expand to more than ${MAX_NODES} values`;
    state.problems.push(new SwarmError('SW1008', message, { at: at() }));
    return null;
  }
  if (isAlias(node)) return convertAlias(state, node, depth, key);
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    const message = `tag \`${node.tag.replace('tag:yaml.org,2002:', '!!')}\` is not supported`;
    const place = at();
    state.problems.push(new SwarmError('SW1006', message, { at: place, hint: tagHint(place.text) }));
    return null;
  }
  if ('anchor' in node && typeof node.anchor === 'string') state.anchors.set(node.anchor, node);
  if (isMap(node)) return convertMap(state, node, depth);
  if (isSeq(node)) return Object.freeze(node.items.map((item) => convertNode(state, item as Node, depth + 1, undefined)));
  return isScalar(node) ? convertScalar(state, node, key) : null;
}

function convertAlias(state: ConversionState, node: Alias, depth: number, key: string | undefined): unknown {
  const [start, end] = node.range ?? [0, 0];
  const at = state.sourceText.span(start, end);
  const target = state.anchors.get(node.source);
  if (++state.aliases > MAX_ALIASES) {
    if (state.aliases === MAX_ALIASES + 1) state.problems.push(new SwarmError('SW1008', `more than ${MAX_ALIASES} aliases`, { at }));
    return null;
  }
  if (target === undefined) {
    const near = closestName(node.source, state.anchors.keys());
    const hint = near === undefined ? 'Define the anchor above the alias, in the same file.' : `Did you mean \`*${near}\`?`;
    state.problems.push(new SwarmError('SW1007', `no anchor \`&${node.source}\` before this line`, { at, hint }));
    return null;
  }
  state.aliasTargets.set(node, target);
  return convertNode(state, target, depth + 1, key);
}

function convertMap(state: ConversionState, node: YAMLMap, depth: number): unknown {
  const out: Record<string, unknown> = {};
  const merged: unknown[] = [];
  const seen = new Map<string, Scalar>();
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    const key = readKey(state, pair.key);
    if (key === undefined) continue;
    if (isMergeKey(pair.key)) {
      merged.push(convertMerge(state, pair, depth));
      continue;
    }
    const first = seen.get(key);
    if (first !== undefined) state.wrongValues.push(duplicateKeyError(state.sourceText, key, first, pair.key));
    seen.set(key, pair.key as Scalar);
    if (VARIABLE_KEYS.has(key)) state.variableDepth++;
    out[key] = pair.value === null || pair.value === undefined ? null : convertNode(state, pair.value, depth + 1, key);
    if (VARIABLE_KEYS.has(key)) state.variableDepth--;
  }
  for (const one of merged.flat()) {
    if (typeof one !== 'object' || one === null) continue;
    for (const [key, value] of Object.entries(one)) if (!Object.hasOwn(out, key)) out[key] = value;
  }
  return Object.freeze(out);
}

function duplicateKeyError(sourceText: SourceText, key: string, first: Node, second: Node): SwarmError {
  const line = sourceText.span(first.range?.[0] ?? 0, 0).line;
  const at = sourceText.span(second.range?.[0] ?? 0, second.range?.[1] ?? 0);
  return new SwarmError('SW1004', `key \`${key}\` appears twice`, {
    at,
    hint: `The first one is at line ${line}. Remove or rename one of the two.`,
  });
}

/** `<<`, not as a text. */
export const isMergeKey = (key: Node): boolean => isScalar(key) && key.type === 'PLAIN' && key.source === '<<';

function convertMerge(state: ConversionState, pair: Pair<Node, Node | null>, depth: number): unknown {
  const value = pair.value === null || pair.value === undefined ? null : convertNode(state, pair.value, depth + 1, undefined);
  const valid = Array.isArray(value) ? value.every(isMapping) : isMapping(value);
  if (!valid && state.problems.length === 0) {
    const at = state.sourceText.span(pair.key.range?.[0] ?? 0, pair.key.range?.[1] ?? 0);
    state.problems.push(new SwarmError('SW1109', '`<<` takes a mapping or a list of mappings', { at, hint: 'Write: <<: *name' }));
  }
  return value;
}

function readKey(state: ConversionState, key: Node | null): string | undefined {
  const [start, end] = key?.range ?? [0, 0];
  const reject = (problem: SwarmError): undefined => void state.problems.push(problem);
  const rejectKey = (code: ErrorCode, message: string) => reject(new SwarmError(code, message, { at: state.sourceText.span(start, end) }));
  if (key === null) return rejectKey('SW1002', 'a key is missing here');
  if (isAlias(key)) return rejectKey('SW1002', 'an alias cannot be a key');
  if (!isScalar(key)) {
    if (startsTemplate(state.sourceText.text, start)) return reject(unquotedTemplateError(state.sourceText, start));
    return rejectKey('SW1002', 'a key must be text, not a list or a mapping');
  }
  const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value ?? ''));
  if (name === '') return rejectKey('SW1002', 'a key is missing here');
  if (name === '__proto__') return rejectKey('SW1104', '`__proto__` cannot be a key');
  return name;
}

/** Whether the number would come out with other digits than it is written with. */
const isLossy = (value: number | bigint, source: string): boolean =>
  typeof value === 'bigint'
    ? /^-?\d+$/.test(source) && !Number.isSafeInteger(Number(value))
    : /^-?\d+\.\d+$/.test(source) && String(value) !== source;

function convertScalar(state: ConversionState, node: Scalar, key: string | undefined): unknown {
  const { value } = node;
  const [start, end] = node.range ?? [0, 0];
  const at = () => state.sourceText.span(start, end);
  const source = node.source ?? '';
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (key === 'mode' && /^(?:0o?)?[0-7]{3,4}$/.test(source)) {
      const octal = source.replace(/^0o?/, '').padStart(4, '0');
      const message = `\`${source}\` is the ${source === String(value) ? '' : 'decimal '}number ${value} here, not a file mode`;
      state.wrongValues.push(new SwarmError('SW1005', message, { at: at(), hint: `Write: mode: "${octal}"` }));
      return octal;
    }
    if (state.variableDepth > 0 && isLossy(value, source)) return source;
    const number = Number(value);
    const exact = typeof value === 'number' ? Number.isFinite(number) : Number.isSafeInteger(number);
    if (exact) return number;
    const message = `\`${source}\` does not fit a number`;
    const hint = `Write a smaller number. Where a text is meant, put it in quotes: "${source}"`;
    state.wrongValues.push(new SwarmError('SW1011', message, { at: at(), hint }));
    return source;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
