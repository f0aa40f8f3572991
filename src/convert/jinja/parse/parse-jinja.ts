import { rejectConversion } from '../../not-convertible.ts';
import type { JinjaNode } from '../jinja-tree.ts';
import { type JinjaCursor, openCursor } from './jinja-cursor.ts';
import { parseFilters, parseList, parseOperand, parsePostfix } from './parse-operand.ts';
import { assertFlat } from './tree-depth.ts';

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** One expression of Jinja. Throws NotConvertible for what is none. */
export function parseJinja(text: string, keepsBackslashes = false): JinjaNode {
  const cursor = openCursor(text, parseChoice, keepsBackslashes);
  const node = parseList(cursor);
  const { kind, value } = cursor.peek();
  if (kind !== 'end') rejectConversion(`this is not Jinja: unexpected ${value} in ${shorten(text)}`);
  return assertFlat(node);
}

/** The parts of `for NAMES in LIST if CONDITION`. */
export interface JinjaLoop {
  readonly names: readonly string[];
  readonly list: JinjaNode;
  readonly condition?: JinjaNode;
}

/** What follows the word `for` in a template. */
export function parseJinjaLoop(text: string): JinjaLoop {
  const cursor = openCursor(text, parseChoice);
  const names: string[] = [];
  const inParentheses = cursor.accept('(');
  do names.push(cursor.expectName());
  while (cursor.accept(','));
  if (inParentheses) cursor.expect(')');
  cursor.expect('in');
  const list = assertFlat(parseOr(cursor));
  const condition = cursor.accept('if') ? assertFlat(parseOr(cursor)) : undefined;
  if (cursor.accept('recursive')) rejectConversion('a recursive loop');
  if (cursor.peek().kind !== 'end') rejectConversion(`this is not Jinja: ${shorten(text)}`);
  return { names, list, ...(condition === undefined ? {} : { condition }) };
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text.trim());

/** From here on, what binds weakest comes first. */
const parseChoice = (cursor: JinjaCursor): JinjaNode =>
  cursor.nested(() => {
    let node = parseOr(cursor);
    while (cursor.accept('if')) {
      const test = parseOr(cursor);
      node = cursor.accept('else') ? { kind: 'choice', test, yes: node, no: parseChoice(cursor) } : { kind: 'choice', test, yes: node };
    }
    return node;
  });

type Parse = (cursor: JinjaCursor) => JinjaNode;

const leftToRight =
  (operators: readonly string[], parse: Parse): Parse =>
  (cursor) => {
    let left = parse(cursor);
    for (;;) {
      const op = operators.find(cursor.isNext);
      if (op === undefined) return left;
      cursor.take();
      left = { kind: 'binary', op, left, right: parse(cursor) };
    }
  };

const parseNot = (cursor: JinjaCursor): JinjaNode =>
  cursor.nested(() => (cursor.accept('not') ? { kind: 'unary', op: 'not', of: parseNot(cursor) } : parseComparison(cursor)));
const parseOr = leftToRight(['or'], leftToRight(['and'], parseNot));

/** `a < b < c` is `a < b and b < c`. */
function parseComparison(cursor: JinjaCursor): JinjaNode {
  let node: JinjaNode | undefined;
  let left = parseSum(cursor);
  for (;;) {
    const { kind, value } = cursor.peek();
    const isNotIn = value === 'not' && cursor.peek(1).value === 'in';
    if (kind === 'string' || !(COMPARISONS.has(value) || value === 'in' || isNotIn)) return node ?? left;
    cursor.take();
    if (isNotIn) cursor.take();
    const right = parseSum(cursor);
    const compared: JinjaNode = isNotIn
      ? { kind: 'unary', op: 'not', of: { kind: 'binary', op: 'in', left, right } }
      : { kind: 'binary', op: value, left, right };
    node = node === undefined ? compared : { kind: 'binary', op: 'and', left: node, right: compared };
    left = right;
  }
}

const parseUnary = (cursor: JinjaCursor): JinjaNode => parseFilters(cursor, parseSigned(cursor));

const parseSigned = (cursor: JinjaCursor): JinjaNode =>
  cursor.nested(() => {
    const op = (['-', '+'] as const).find(cursor.isNext);
    if (op === undefined) return parseOperand(cursor);
    cursor.take();
    return parsePostfix(cursor, { kind: 'unary', op, of: parseSigned(cursor) });
  });

const parsePower = leftToRight(['**'], parseUnary);
const parseProduct = leftToRight(['*', '//', '/', '%'], parsePower);
const parseSum = leftToRight(['+', '-'], leftToRight(['~'], parseProduct));
