import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { type JinjaToken, tokenizeJinja } from './jinja-tokens.ts';
import type { JinjaArgs, JinjaNode } from './jinja-tree.ts';

const MAX_DEPTH = 100;
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  ...{ true: true, True: true, false: false, False: false },
  ...{ none: null, None: null, null: null },
};
/** Words that end the value of a test: `x is defined and y`. */
const AFTER_TEST = new Set(['and', 'or', 'not', 'else', 'if', 'is', 'in', 'recursive']);

/** One expression of Jinja. Throws NotConvertible for what is none. */
export function parseJinja(text: string): JinjaNode {
  const reader = createReader(tokenizeJinja(text));
  const node = reader.parseList();
  if (reader.peek().kind !== 'end') rejectConversion(`this is no Jinja: unexpected ${reader.peek().value} in ${shorten(text)}`);
  return node;
}

/** The parts of `for NAMES in LIST if CONDITION`. */
export interface JinjaLoop {
  readonly names: readonly string[];
  readonly list: JinjaNode;
  readonly condition?: JinjaNode;
}

/** What follows the word `for` in a template. */
export function parseJinjaLoop(text: string): JinjaLoop {
  const reader = createReader(tokenizeJinja(text));
  const names: string[] = [];
  const inParentheses = reader.accept('(');
  do names.push(reader.expectName());
  while (reader.accept(','));
  if (inParentheses) reader.expect(')');
  reader.expect('in');
  const list = reader.parseOr();
  const condition = reader.accept('if') ? reader.parseOr() : undefined;
  if (reader.accept('recursive')) rejectConversion('a recursive loop');
  if (reader.peek().kind !== 'end') rejectConversion(`this is no Jinja: ${shorten(text)}`);
  return { names, list, ...(condition === undefined ? {} : { condition }) };
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text.trim());

function createReader(tokens: readonly JinjaToken[]) {
  let at = 0;
  let depth = 0;
  const peek = (): JinjaToken => tokens[at] ?? { kind: 'end', value: '' };
  const isNext = (value: string): boolean => peek().value === value && peek().kind !== 'string' && peek().kind !== 'end';
  const accept = (value: string): boolean => isNext(value) && ++at > 0;
  const expect = (value: string): undefined => {
    if (!accept(value)) rejectConversion(`this is no Jinja: ${value} is missing before ${peek().value || 'the end'}`);
  };
  const expectName = (): string => {
    const { kind, value } = peek();
    if (kind !== 'name') return rejectConversion(`this is no Jinja: a name is missing before ${value || 'the end'}`);
    at++;
    return value;
  };
  const nested = <T>(parse: () => T): T => {
    if (++depth > MAX_DEPTH) throw new NotConvertible(`an expression nested deeper than ${MAX_DEPTH} levels`);
    const result = parse();
    depth--;
    return result;
  };
  const binaries = (operators: readonly string[], parse: () => JinjaNode): JinjaNode => {
    let left = parse();
    for (;;) {
      const op = operators.find(isNext);
      if (op === undefined) return left;
      at++;
      left = { kind: 'binary', op, left, right: parse() };
    }
  };

  const parseList = (): JinjaNode => {
    const first = parseChoice();
    if (!isNext(',')) return first;
    const items = [first];
    while (accept(',')) if (peek().kind !== 'end' && !isNext(')')) items.push(parseChoice());
    return { kind: 'list', items };
  };
  const parseChoice = (): JinjaNode =>
    nested(() => {
      let node = parseOr();
      while (accept('if')) {
        const test = parseOr();
        node = accept('else') ? { kind: 'choice', test, yes: node, no: parseChoice() } : { kind: 'choice', test, yes: node };
      }
      return node;
    });
  const parseOr = (): JinjaNode => binaries(['or'], () => binaries(['and'], parseNot));
  const parseNot = (): JinjaNode => nested(() => (accept('not') ? { kind: 'unary', op: 'not', of: parseNot() } : parseComparison()));
  const parseComparison = (): JinjaNode => {
    let node: JinjaNode | undefined;
    let left = parseSum();
    for (;;) {
      const { value } = peek();
      const isNotIn = value === 'not' && tokens[at + 1]?.value === 'in';
      if (peek().kind === 'string' || !(COMPARISONS.has(value) || value === 'in' || isNotIn)) return node ?? left;
      at += isNotIn ? 2 : 1;
      const right = parseSum();
      const compared: JinjaNode = isNotIn
        ? { kind: 'unary', op: 'not', of: { kind: 'binary', op: 'in', left, right } }
        : { kind: 'binary', op: value, left, right };
      node = node === undefined ? compared : { kind: 'binary', op: 'and', left: node, right: compared };
      left = right;
    }
  };
  const parseSum = (): JinjaNode =>
    binaries(['+', '-'], () => binaries(['~'], () => binaries(['*', '//', '/', '%'], () => binaries(['**'], () => parseUnary(true)))));
  const parseUnary = (withFilters: boolean): JinjaNode =>
    nested(() => {
      const op = (['-', '+'] as const).find(isNext);
      if (op !== undefined) at++;
      const node: JinjaNode = op === undefined ? parsePrimary() : { kind: 'unary', op, of: parseUnary(false) };
      const after = parsePostfix(node);
      return withFilters ? parseFilters(after) : after;
    });
  const parsePrimary = (): JinjaNode => {
    const { kind, value } = peek();
    at++;
    if (kind === 'name')
      return Object.hasOwn(CONSTANTS, value) ? { kind: 'literal', value: CONSTANTS[value] ?? null } : { kind: 'name', name: value };
    if (kind === 'number') return { kind: 'literal', value: Number(value) };
    if (kind === 'string') {
      let text = value;
      while (peek().kind === 'string') text += tokens[at++]?.value ?? '';
      return { kind: 'literal', value: text };
    }
    if (kind === 'operator' && value === '(') {
      if (accept(')')) return { kind: 'list', items: [] };
      const inner = parseList();
      expect(')');
      return inner;
    }
    if (kind === 'operator' && value === '[') return { kind: 'list', items: parseItems(']') };
    if (kind === 'operator' && value === '{') return parseMapping();
    return rejectConversion(`this is no Jinja: unexpected ${value || 'end'}`);
  };
  const parseItems = (end: string): readonly JinjaNode[] => {
    const items: JinjaNode[] = [];
    while (!accept(end)) {
      items.push(parseChoice());
      if (!isNext(end)) expect(',');
    }
    return items;
  };
  const parseMapping = (): JinjaNode => {
    const entries: (readonly [JinjaNode, JinjaNode])[] = [];
    while (!accept('}')) {
      const key = parseChoice();
      expect(':');
      entries.push([key, parseChoice()]);
      if (!isNext('}')) expect(',');
    }
    return { kind: 'mapping', entries };
  };
  const parsePostfix = (start: JinjaNode): JinjaNode => {
    let node = start;
    for (;;) {
      if (accept('.')) node = parseAttribute(node);
      else if (accept('[')) node = parseSubscript(node);
      else if (accept('(')) node = { kind: 'call', of: node, ...parseArgs() };
      else return node;
    }
  };
  const parseAttribute = (of: JinjaNode): JinjaNode => {
    const { kind, value } = peek();
    if (kind === 'number') {
      at++; // `item.0`, and `item.0.1`, which is read as one number
      return value
        .split('.')
        .reduce<JinjaNode>((node, digits) => ({ kind: 'item', of: node, key: { kind: 'literal', value: Number(digits) } }), of);
    }
    return { kind: 'attribute', of, name: expectName() };
  };
  const parseSubscript = (of: JinjaNode): JinjaNode => {
    const from = isNext(':') ? undefined : parseChoice();
    if (!accept(':')) {
      expect(']');
      return { kind: 'item', of, key: from ?? rejectConversion('this is no Jinja: [] without a key') };
    }
    const to = isNext(']') || isNext(':') ? undefined : parseChoice();
    if (accept(':') && !isNext(']')) rejectConversion('a slice with a step');
    expect(']');
    return { kind: 'slice', of, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  };
  const parseArgs = (): JinjaArgs => {
    const args: JinjaNode[] = [];
    const named: Record<string, JinjaNode> = {};
    while (!accept(')')) {
      if (isNext('*') || isNext('**')) rejectConversion('a call with * or **');
      if (peek().kind === 'name' && tokens[at + 1]?.value === '=' && tokens[at + 1]?.kind === 'operator') {
        const name = expectName();
        at++;
        named[name] = parseChoice();
      } else args.push(parseChoice());
      if (!isNext(')')) expect(',');
    }
    return { args, named };
  };
  const parseDottedName = (): string => {
    let name = expectName();
    while (accept('.')) name += `.${expectName()}`;
    return name;
  };
  const parseFilters = (start: JinjaNode): JinjaNode => {
    let node = start;
    for (;;) {
      if (accept('|')) {
        const name = parseDottedName();
        node = { kind: 'filter', name, of: node, ...(accept('(') ? parseArgs() : { args: [], named: {} }) };
      } else if (accept('is')) node = parseTest(node);
      else if (isNext('(')) {
        at++;
        node = { kind: 'call', of: node, ...parseArgs() };
      } else return node;
    }
  };
  const parseTest = (of: JinjaNode): JinjaNode => {
    const isNegated = accept('not');
    const name = parseDottedName();
    const test: JinjaNode = { kind: 'test', name, of, ...parseTestArgs() };
    return isNegated ? { kind: 'unary', op: 'not', of: test } : test;
  };
  const parseTestArgs = (): JinjaArgs => {
    if (accept('(')) return parseArgs();
    const { kind, value } = peek();
    const isValue = kind === 'string' || kind === 'number' || (kind === 'name' && !AFTER_TEST.has(value)) || isNext('[') || isNext('{');
    return { args: isValue ? [parsePostfix(parsePrimary())] : [], named: {} };
  };
  return { peek, accept, expect, expectName, parseList, parseOr };
}
