import { rejectConversion } from '../../not-convertible.ts';
import type { JinjaArgs, JinjaNode } from '../jinja-tree.ts';
import type { JinjaCursor } from './jinja-cursor.ts';

const CONSTANTS: Readonly<Record<string, boolean | null>> = {
  ...{ true: true, True: true, false: false, False: false },
  ...{ none: null, None: null, null: null },
};
/** Words that end the value of a test: `x is defined and y`. */
const AFTER_TEST = new Set(['and', 'or', 'not', 'else', 'if', 'is', 'in', 'recursive']);

/** An expression, or several with commas between them: a list. */
export function parseList(cursor: JinjaCursor): JinjaNode {
  const first = cursor.parseInner();
  if (!cursor.isNext(',')) return first;
  const items = [first];
  while (cursor.accept(',')) if (cursor.peek().kind !== 'end' && !cursor.isNext(')')) items.push(cursor.parseInner());
  return { kind: 'list', items };
}

/** A value with its fields, keys and calls. */
export const parseOperand = (cursor: JinjaCursor): JinjaNode => parsePostfix(cursor, parsePrimary(cursor));

function parsePrimary(cursor: JinjaCursor): JinjaNode {
  const { kind, value } = cursor.take();
  if (kind === 'name')
    return Object.hasOwn(CONSTANTS, value) ? { kind: 'literal', value: CONSTANTS[value] ?? null } : { kind: 'name', name: value };
  if (kind === 'number') return { kind: 'literal', value: Number(value) };
  if (kind === 'string') {
    let text = value;
    while (cursor.peek().kind === 'string') text += cursor.take().value;
    return { kind: 'literal', value: text };
  }
  if (kind === 'operator' && value === '(') {
    if (cursor.accept(')')) return { kind: 'list', items: [] };
    const inner = parseList(cursor);
    cursor.expect(')');
    return inner;
  }
  if (kind === 'operator' && value === '[') return { kind: 'list', items: parseItems(cursor, ']') };
  if (kind === 'operator' && value === '{') return parseMapping(cursor);
  return rejectConversion(`this is not Jinja: unexpected ${value || 'end'}`);
}

function parseItems(cursor: JinjaCursor, end: string): readonly JinjaNode[] {
  const items: JinjaNode[] = [];
  while (!cursor.accept(end)) {
    items.push(cursor.parseInner());
    if (!cursor.isNext(end)) cursor.expect(',');
  }
  return items;
}

function parseMapping(cursor: JinjaCursor): JinjaNode {
  const entries: (readonly [JinjaNode, JinjaNode])[] = [];
  while (!cursor.accept('}')) {
    const key = cursor.parseInner();
    cursor.expect(':');
    entries.push([key, cursor.parseInner()]);
    if (!cursor.isNext('}')) cursor.expect(',');
  }
  return { kind: 'mapping', entries };
}

/** What follows a value: fields, keys and calls. */
export function parsePostfix(cursor: JinjaCursor, start: JinjaNode): JinjaNode {
  let node = start;
  for (;;) {
    if (cursor.accept('.')) node = parseAttribute(cursor, node);
    else if (cursor.accept('[')) node = parseSubscript(cursor, node);
    else if (cursor.accept('(')) node = { kind: 'call', of: node, ...parseArgs(cursor) };
    else return node;
  }
}

function parseAttribute(cursor: JinjaCursor, of: JinjaNode): JinjaNode {
  if (cursor.peek().kind !== 'number') return { kind: 'attribute', of, name: cursor.expectName() };
  // `item.0`, and `item.0.1`, which is read as one number
  const digits = cursor.take().value.split('.');
  return digits.reduce<JinjaNode>((node, each) => ({ kind: 'item', of: node, key: { kind: 'literal', value: Number(each) } }), of);
}

function parseSubscript(cursor: JinjaCursor, of: JinjaNode): JinjaNode {
  const from = cursor.isNext(':') ? undefined : cursor.parseInner();
  if (!cursor.accept(':')) {
    cursor.expect(']');
    return { kind: 'item', of, key: from ?? rejectConversion('this is not Jinja: [] without a key') };
  }
  const to = cursor.isNext(']') || cursor.isNext(':') ? undefined : cursor.parseInner();
  const step = cursor.accept(':') && !cursor.isNext(']') ? cursor.parseInner() : undefined;
  cursor.expect(']');
  if (step !== undefined) return reversed(of, step, from ?? to);
  return { kind: 'slice', of, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** `x[::-1]`; any other step has no form here. */
const reversed = (of: JinjaNode, step: JinjaNode, bound: JinjaNode | undefined): JinjaNode =>
  bound === undefined && step.kind === 'unary' && step.op === '-' && step.of.kind === 'literal' && step.of.value === 1
    ? { kind: 'filter', name: 'reverse', of, args: [], named: {} }
    : rejectConversion('a slice with a step');

function parseArgs(cursor: JinjaCursor): JinjaArgs {
  const args: JinjaNode[] = [];
  const named: Record<string, JinjaNode> = {};
  while (!cursor.accept(')')) {
    if (cursor.isNext('*') || cursor.isNext('**')) rejectConversion('a call with * or **');
    const after = cursor.peek(1);
    if (cursor.peek().kind === 'name' && after.kind === 'operator' && after.value === '=') {
      const name = cursor.expectName();
      cursor.expect('=');
      named[name] = cursor.parseInner();
    } else args.push(cursor.parseInner());
    if (!cursor.isNext(')')) cursor.expect(',');
  }
  return { args, named };
}

function parseDottedName(cursor: JinjaCursor): string {
  let name = cursor.expectName();
  while (cursor.accept('.')) name += `.${cursor.expectName()}`;
  return name;
}

/** The filters and tests that follow a value. */
export function parseFilters(cursor: JinjaCursor, start: JinjaNode): JinjaNode {
  let node = start;
  for (;;) {
    if (cursor.accept('|')) {
      const name = parseDottedName(cursor);
      node = { kind: 'filter', name, of: node, ...(cursor.accept('(') ? parseArgs(cursor) : { args: [], named: {} }) };
    } else if (cursor.accept('is')) node = parseTest(cursor, node);
    else if (cursor.accept('(')) node = { kind: 'call', of: node, ...parseArgs(cursor) };
    else return node;
  }
}

function parseTest(cursor: JinjaCursor, of: JinjaNode): JinjaNode {
  const isNegated = cursor.accept('not');
  const name = parseDottedName(cursor);
  const test: JinjaNode = { kind: 'test', name, of, ...parseTestArgs(cursor) };
  return isNegated ? { kind: 'unary', op: 'not', of: test } : test;
}

function parseTestArgs(cursor: JinjaCursor): JinjaArgs {
  if (cursor.accept('(')) return parseArgs(cursor);
  const { kind, value } = cursor.peek();
  const isNamed = kind === 'name' && !AFTER_TEST.has(value);
  const isValue = kind === 'string' || kind === 'number' || isNamed || cursor.isNext('[') || cursor.isNext('{');
  return { args: isValue ? [parseOperand(cursor)] : [], named: {} };
}
