import type { JinjaNode } from './jinja-tree.ts';

/** What `text.find("x") != -1` asks; undefined for any other comparison. */
export function readFind({
  op,
  left,
  right,
}: Extract<JinjaNode, { kind: 'binary' }>): { readonly text: JinjaNode; readonly part: JinjaNode; readonly isFound: boolean } | undefined {
  if (left.kind !== 'call' || left.of.kind !== 'attribute' || left.of.name !== 'find' || left.args[0] === undefined) return undefined;
  const isMinusOne = right.kind === 'unary' && right.op === '-' && right.of.kind === 'literal' && right.of.value === 1;
  const isZero = right.kind === 'literal' && right.value === 0;
  const isFound = (isMinusOne && (op === '!=' || op === '>')) || (isZero && op === '>=');
  if (!isFound && !((isMinusOne && op === '==') || (isZero && op === '<'))) return undefined;
  return { text: left.of.of, part: left.args[0], isFound };
}
