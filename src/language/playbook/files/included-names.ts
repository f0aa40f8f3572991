import type { ASTNode } from '@marcbachmann/cel-js';
import { getCelEnvironment } from '../../expression/cel-environment.ts';
import { hasTemplate } from '../../template/template.ts';

/** The names that an include over a loop has, where the loop is over names that are written there; else the one that it has. */
export function includedNames(name: string, { loop, loop_control: control }: Readonly<Record<string, unknown>>): readonly string[] {
  const loopVar = (control as { readonly loop_var?: unknown } | undefined)?.loop_var ?? 'item';
  if (/^\{\{\s*(\w+)\s*\}\}$/.exec(name)?.[1] !== loopVar) return [name];
  const names = typeof loop === 'string' ? findWritten(loop) : loop;
  return Array.isArray(names) && names.every((each) => typeof each === 'string' && !hasTemplate(each)) ? (names as string[]) : [name];
}

/** The names of which an expression chooses some, as `swarm convert` writes it: `[intersect([...], ["a.yml"])[0]]`, or with `slice` around it. */
function findWritten(loop: string): readonly unknown[] | undefined {
  try {
    return findChoice(getCelEnvironment().parse(loop).ast);
  } catch {
    return undefined; // the reader of the loop reports it
  }
}

function findChoice(node: ASTNode): readonly unknown[] | undefined {
  if (node.op === 'list') return node.args.length === 1 && node.args[0] !== undefined ? findChoice(node.args[0]) : undefined;
  if (node.op === '[]') return findChoice(node.args[0]);
  if (node.op !== 'call') return undefined;
  const [called, [first, second]] = node.args;
  if (called === 'slice') return first === undefined ? undefined : findChoice(first);
  return called === 'intersect' && second?.op === 'list'
    ? second.args.map(({ op, args }) => (op === 'value' ? args : undefined))
    : undefined;
}
